import type { ErrorCode, JsonObject, JsonValue } from '../../../drivers/kit/index.ts';
import { errorStatuses } from '../error-statuses.table.ts';
import type { Route } from '../route.ts';
import { exampleAnswers } from './answers.table.ts';
import { commonErrors, type ErrorCases, inputErrors, operationErrors } from './error-cases.table.ts';
import type { RouteExample } from './examples.table.ts';

/** Every answer of a route: what it gives, and each error by its status with the codes and when they come. */
export function describeResponses(
  route: Route,
  examples: readonly RouteExample[],
  answerSchema: JsonObject,
  errorSchema: JsonObject,
): JsonObject {
  const answers = (status: number, schema: JsonObject, mediaType: string, description: string): JsonObject => ({
    description,
    headers: headersOf(status),
    content: {
      [mediaType]: {
        schema,
        ...examplesOf(
          examples.filter((example) => example.status === status),
          ({ operationId, name }) => exampleAnswers[`${operationId}.${name}`],
        ),
      },
    },
  });
  const { status, mediaType } = route.answer;
  const replayed = route.idempotent && status === 201;
  const byStatus = Map.groupBy(Object.entries(errorsOf(route)), ([code]) => statusOf(code as ErrorCode));
  const errors = [...byStatus].map(([errorStatus, cases]) => [
    String(errorStatus),
    answers(
      errorStatus,
      errorSchema,
      'application/json',
      cases.map(([code, when]) => `\`${code}\`: ${when}`).join('\n\n'),
    ),
  ]);
  return {
    [status]: answers(status, answerSchema, mediaType, status === 201 ? 'Made' : 'Done'),
    ...(replayed
      ? { 200: answers(200, answerSchema, mediaType, 'The same Idempotency-Key and body again: the first answer') }
      : {}),
    ...Object.fromEntries(errors),
    default: { description: 'Anything else', content: { 'application/json': { schema: errorSchema } } },
  };
}

const integer = { type: 'integer' };

/** The headers of answers, by the name they are referred to in the document. */
export const responseHeaders: JsonObject = {
  'X-Request-Id': { description: 'Names this request; a replay has that of the first', schema: { type: 'string' } },
  'Fibric-Version': { description: 'The revision that answered', schema: { type: 'string' } },
  'X-RateLimit-Limit': { description: 'Requests a minute to this class of routes', schema: integer },
  'X-RateLimit-Remaining': { description: 'How many are left of them now', schema: integer },
  'X-RateLimit-Reset': { description: 'When the budget grows next, in Unix seconds', schema: integer },
  'Retry-After': { description: 'Seconds; with 429 and entity_locked', schema: integer },
  'WWW-Authenticate': { description: 'Bearer', schema: { type: 'string' } },
};

function headersOf(status: number): JsonObject {
  const only: Readonly<Record<string, readonly number[]>> = {
    'Retry-After': [409, 429],
    'WWW-Authenticate': [401],
  };
  const names = Object.keys(responseHeaders).filter((name) => only[name]?.includes(status) ?? true);
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
}

/** `examples` of a parameter, body or answer, under the names of the examples; nothing where none has a value. */
export function examplesOf(
  examples: readonly RouteExample[],
  shownOf: (example: RouteExample) => JsonValue | undefined,
): JsonObject {
  const shown = examples.flatMap((example): [string, JsonObject][] => {
    const value = shownOf(example);
    return value === undefined ? [] : [[example.name, { summary: example.summary, value }]];
  });
  return shown.length === 0 ? {} : { examples: Object.fromEntries(shown) };
}

/** Every code a route may answer with, by the checks it makes. */
function errorsOf(route: Route): ErrorCases {
  const { invalid_cursor, missing_parameter, payload_too_large, not_found, local_only, invalid_parameter } =
    inputErrors;
  const { idempotency_conflict, entity_locked } = inputErrors;
  return {
    invalid_parameter,
    ...(route.query?.shape['cursor'] === undefined ? {} : { invalid_cursor }),
    ...(route.body === null ? {} : { missing_parameter, payload_too_large }),
    ...(route.path.includes('{') ? { not_found } : {}),
    ...(route.reach === 'anyone' ? {} : { local_only }),
    ...(route.idempotent ? { idempotency_conflict, entity_locked } : {}),
    ...commonErrors,
    ...operationErrors[route.operationId],
  };
}

function statusOf(code: ErrorCode): number {
  const status = errorStatuses[code];
  return status === 'upstream' ? 502 : status;
}

import { progressReply, wantsProgress } from './progress-reply.ts';
import { defineRoute, ok, type Route } from './route.ts';
import {
  type TestAnswer,
  type TestRecordObject,
  type ToolTestResultObject,
  testAnswerSchema,
  testBodySchema,
} from './schemas/index.ts';
import { requireConnector } from './token-limits.ts';

/**
 * The test. Asked with `Accept: text/event-stream` (ours) it tells each `result` as it comes, then the whole as `test`,
 * or an `error` with the envelope.
 */
export const connectorTestRoute: Route = defineRoute({
  method: 'POST',
  path: '/connectors/{id}/test',
  operationId: 'testConnector',
  summary: 'Test a connector: reads for real, side effects as a dry run',
  scopes: ['connectors:write'],
  rateClass: 'connectors',
  ours: false,
  body: testBodySchema,
  bodyRequired: false,
  answers: testAnswerSchema,
  async handle({ backend, principal, params: { id = '' }, body, signal, request }) {
    requireConnector(principal, id);
    const run = (onResult?: (result: ToolTestResultObject) => void) =>
      backend.testConnector(principal, id, body.tools ?? null, signal, onResult);
    if (!wantsProgress(request.headers.accept)) return ok(answerOf(await run()));
    return progressReply<ToolTestResultObject>({
      step: 'result',
      whole: 'test',
      run: async (onResult) => answerOf(await run(onResult)),
      signals: [signal, principal.ended],
    });
  },
});

function answerOf(record: TestRecordObject): TestAnswer {
  const { object, connector_id, status, results, tested_at } = record;
  return { object, connector_id, status, results, tested_at };
}

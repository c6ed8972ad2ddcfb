import { z } from 'zod';
import type { HttpReading, HttpResponse } from '../kit/index.ts';
import { parseExactJson } from './exact-json.ts';

/** What a store says when it does not do what was asked. */
export interface MagentoFailure {
  readonly status: number;
  /** Its own words, parameters filled in; null when it was no error of the API (a proxy's page). */
  readonly message: string | null;
  /** From `Retry-After`, in seconds (RFC 9110, 10.2.3), ten minutes at most; null when absent or a date. */
  readonly retryAfterMs: number | null;
}

/** An answer, read. */
export type MagentoReply<T> =
  | { readonly kind: 'ok'; readonly value: T }
  | { readonly kind: 'failed'; readonly failure: MagentoFailure };

/** How much of a store's words is handed on. */
const MESSAGE_CHARACTERS = 300;
const RETRY_AFTER_MAX_MS = 10 * 60_000;

const errorSchema = z.object({
  message: z.string(),
  parameters: z.union([z.record(z.string(), z.unknown()), z.array(z.unknown())]).optional(),
});

/** Reads a whole answer: numbers stay the text they were sent as. */
export function readReply<Schema extends z.ZodType>(
  { status, headers, body }: HttpResponse,
  schema: Schema,
): HttpReading<MagentoReply<z.output<Schema>>> {
  const json = parseBody(body);
  if (status < 200 || status > 299) {
    const error = errorSchema.safeParse(json);
    const message = error.success ? fillIn(error.data) : null;
    const retryAfterMs = readRetryAfter(headers['retry-after']);
    return { kind: 'reply', value: { kind: 'failed', failure: { status, message, retryAfterMs } } };
  }
  if (json === undefined) {
    const type = headers['content-type'] ?? 'no type';
    return { kind: 'bad', expected: 'JSON of the REST API', seen: `HTTP ${status}, ${body.length} bytes of ${type}` };
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return { kind: 'reply', value: { kind: 'ok', value: parsed.data } };
  const [issue] = parsed.error.issues;
  return {
    kind: 'bad',
    expected: `${issue?.path.join('.') || 'the answer'}: ${issue?.message}`,
    seen: 'JSON of another shape',
  };
}

/** `HTTP 400: A hold action is not available` */
export function describeFailure({ status, message }: MagentoFailure): string {
  return message === null ? `HTTP ${status}` : `HTTP ${status}: ${message.replace(/\.$/, '')}`;
}

function parseBody(body: Uint8Array): unknown {
  try {
    return parseExactJson(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    return undefined;
  }
}

/** `%1` and `%name` stand for parameters, in a list or by name. */
function fillIn({ message, parameters = [] }: z.output<typeof errorSchema>): string {
  const filled = message.replaceAll(/%(\w+)/g, (whole, name: string) => {
    const value = Array.isArray(parameters) ? parameters[Number(name) - 1] : parameters[name];
    return typeof value === 'string' ? value : whole;
  });
  const plain = filled.replaceAll(/[\p{Cc}\s]+/gu, ' ').trim();
  return plain.length > MESSAGE_CHARACTERS ? `${plain.slice(0, MESSAGE_CHARACTERS)}…` : plain;
}

function readRetryAfter(header: string | undefined): number | null {
  if (header === undefined || !/^\d{1,9}$/.test(header)) return null;
  return Math.min(Number(header) * 1000, RETRY_AFTER_MAX_MS);
}

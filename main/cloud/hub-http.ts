import type { z } from 'zod';
import { AgentError, type ErrorCode, errorCodes } from '../../drivers/kit/index.ts';
import { errorEnvelopeSchema } from '../api/schemas/index.ts';
import type { CloudAnswer, Send } from './way-out/send.ts';

const TIMEOUT_MS = 30_000;
const MOST_BYTES = 1024 * 1024;

/** Sends JSON to a hub and reads its answer. Rejects as the hub's envelope says, with `agent_unreachable` or `cancelled`. */
export async function postToHub<Schema extends z.ZodType>(
  send: Send,
  origin: string,
  path: string,
  body: object,
  answer: Schema,
  signal: AbortSignal,
): Promise<z.output<Schema>> {
  const answered = await send({
    method: 'POST',
    url: new URL(path, origin).href,
    headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
    body: JSON.stringify(body),
    timeoutMs: TIMEOUT_MS,
    mostBytes: MOST_BYTES,
    pooled: false,
    signal,
  }).catch((cause: unknown) => {
    throw unreachable(origin, cause, signal);
  });
  return readAnswer(origin, answered, answer);
}

function readAnswer<Schema extends z.ZodType>(
  origin: string,
  { status, text }: Pick<CloudAnswer, 'status' | 'text'>,
  answer: Schema,
): z.output<Schema> {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw noHub(origin, status);
  }
  if (status >= 200 && status < 300) {
    const parsed = answer.safeParse(body);
    if (parsed.success) return parsed.data;
    throw noHub(origin, status);
  }
  const envelope = errorEnvelopeSchema.safeParse(body);
  if (!envelope.success) throw noHub(origin, status);
  const { code, message, details = {} } = envelope.data.error;
  const { hint, ...facts } = details;
  throw new AgentError(isKnown(code) ? code : 'connector_upstream_error', message, {
    ...(typeof hint === 'string' ? { hint } : {}),
    details: facts,
  });
}

function isKnown(code: string): code is ErrorCode {
  return Object.hasOwn(errorCodes, code);
}

function unreachable(origin: string, cause: unknown, signal: AbortSignal): AgentError {
  if (signal.aborted) return new AgentError('cancelled', 'It was cancelled.', { cause });
  if (cause instanceof AgentError) return cause;
  const seen = cause instanceof Error ? ('code' in cause ? String(cause.code) : cause.message) : String(cause);
  return new AgentError('agent_unreachable', `No hub answers at ${origin} (${seen}).`, {
    hint: 'Check the address, and that this machine reaches it.',
    details: { reason: seen },
    cause,
  });
}

function noHub(origin: string, status: number): AgentError {
  return new AgentError('agent_unreachable', `What answers at ${origin} is no hub (status ${status}).`, {
    hint: 'Check the address.',
    details: { reason: 'not_a_hub' },
  });
}

import type { z } from 'zod';
import { AgentError, type ErrorCode, errorCodes } from '../../drivers/kit/index.ts';
import { errorEnvelopeSchema } from '../api/schemas/index.ts';

// An import of node:http evaluates all its exports, WebSocket among them, and with it the whole of undici.
const { request: httpRequest } = process.getBuiltinModule('node:http');
const { request: httpsRequest } = process.getBuiltinModule('node:https');

const TIMEOUT_MS = 15_000;
const MOST_BYTES = 1024 * 1024;

/** Sends JSON to a hub and reads its answer. Rejects as the hub's envelope says, with `agent_unreachable` or `cancelled`. */
export async function postToHub<Schema extends z.ZodType>(
  origin: string,
  path: string,
  body: object,
  answer: Schema,
  signal: AbortSignal,
): Promise<z.output<Schema>> {
  const url = new URL(path, origin);
  const text = JSON.stringify(body);
  const { promise, resolve, reject } = Promise.withResolvers<{ readonly status: number; readonly text: string }>();
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
  const sent = send(
    url,
    {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        'Content-Length': Buffer.byteLength(text),
        Accept: 'application/json',
      },
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
      agent: false,
    },
    (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > MOST_BYTES) sent.destroy(new Error('the answer is too long'));
        else chunks.push(chunk);
      });
      response.once('error', reject);
      response.once('end', () =>
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') }),
      );
    },
  );
  sent.once('error', reject);
  sent.end(text);
  const answered = await promise.catch((cause: unknown) => {
    throw unreachable(origin, cause, signal);
  });
  return readAnswer(origin, answered, answer);
}

function readAnswer<Schema extends z.ZodType>(
  origin: string,
  { status, text }: { readonly status: number; readonly text: string },
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

import { AgentError } from '../../../drivers/kit/index.ts';
import { type Pace, readPace } from './pace.ts';

/** How requests are made; the default is the runtime's. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** An answer, whatever its status. */
export interface RawAnswer {
  readonly kind: 'answer';
  readonly status: number;
  readonly text: string;
  readonly pace: Pace;
}

const TIMEOUT_MS = 30_000;
const MOST_ANSWER_BYTES = 1024 * 1024;

/**
 * One request with a bearer token; follows no redirect, since the token is for one place. `none` when no whole answer came
 * within 30 s; rejects only when `signal` aborts.
 */
export async function request(
  fetch: Fetch,
  options: {
    readonly method: string;
    readonly url: string;
    readonly token: string;
    readonly body?: string;
    readonly key?: string;
    readonly signal: AbortSignal;
  },
): Promise<RawAnswer | { readonly kind: 'none'; readonly reason: string }> {
  const { method, url, token, body, key, signal } = options;
  try {
    const response = await fetch(url, {
      method,
      headers: {
        Authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...(key === undefined ? {} : { 'Idempotency-Key': key }),
      },
      ...(body === undefined ? {} : { body }),
      redirect: 'error',
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    });
    const text = await readBounded(response);
    return { kind: 'answer', status: response.status, text, pace: readPace(response.headers, Date.now()) };
  } catch (error) {
    signal.throwIfAborted();
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    return { kind: 'none', reason: `${new URL(url).origin} could not be reached: ${cause}.` };
  }
}

async function readBounded(response: Response): Promise<string> {
  if (response.body === null) return '';
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of response.body) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > MOST_ANSWER_BYTES) throw new AgentError('bad_reply', 'The answer has no end.');
  }
  return text;
}

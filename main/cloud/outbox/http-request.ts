import { AgentError } from '../../../drivers/kit/index.ts';
import type { Send } from '../way-out/send.ts';
import { type Pace, readPace } from './pace.ts';

/** An answer, whatever its status. */
export interface RawAnswer {
  readonly kind: 'answer';
  readonly status: number;
  readonly text: string;
  readonly pace: Pace;
}

/** That none came, and what may help. */
export interface NoAnswer {
  readonly kind: 'none';
  readonly reason: string;
  readonly hint: string | null;
}

const TIMEOUT_MS = 30_000;
const MOST_ANSWER_BYTES = 1024 * 1024;

/**
 * One request with a bearer token; follows no redirect, since the token is for one place. `none` when no whole answer came
 * within 30 s; rejects only when `signal` aborts.
 */
export async function request(
  send: Send,
  options: {
    readonly method: string;
    readonly url: string;
    readonly token: string;
    readonly body?: string;
    readonly key?: string;
    readonly signal: AbortSignal;
  },
): Promise<RawAnswer | NoAnswer> {
  const { method, url, token, body, key, signal } = options;
  signal.throwIfAborted();
  try {
    const { status, text, headers } = await send({
      method,
      url,
      headers: {
        Authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...(key === undefined ? {} : { 'Idempotency-Key': key }),
      },
      ...(body === undefined ? {} : { body }),
      timeoutMs: TIMEOUT_MS,
      mostBytes: MOST_ANSWER_BYTES,
      pooled: true,
      signal,
    });
    return { kind: 'answer', status, text, pace: readPace(headers, Date.now()) };
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof AgentError) return { kind: 'none', reason: error.message, hint: error.hint ?? null };
    const cause = error instanceof Error ? error.message : String(error);
    return { kind: 'none', reason: `${new URL(url).origin} could not be reached: ${cause}.`, hint: null };
  }
}

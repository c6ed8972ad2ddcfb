import { z } from 'zod';
import { noteAgentTime } from './clock.ts';

/** The half of the window's session that the page itself carries; the cookie is the other (neither works alone). */
const storageKey = 'fibric-edge.window';
const headerName = 'X-Fibric-Window';

/** What the agent refuses or fails with, as its envelope says it; or that it did not answer at all (status 0). */
export class RequestError extends Error {
  /** 0 when nothing answered. */
  readonly status: number;
  readonly code: string;
  readonly hint: string | null;
  readonly requestId: string | null;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    status: number,
    code: string,
    message: string,
    more: {
      readonly hint?: string | null;
      readonly requestId?: string | null;
      readonly details?: Readonly<Record<string, unknown>>;
    } = {},
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.hint = more.hint ?? null;
    this.requestId = more.requestId ?? null;
    this.details = more.details ?? {};
  }
}

const envelopeSchema = z.object({
  error: z.object({
    code: z.string(),
    message: z.string(),
    request_id: z.string().optional(),
    details: z
      .looseObject({
        hint: z.string().nullish(),
        upstream: z.looseObject({ hint: z.string().nullish() }).optional(),
      })
      .optional(),
  }),
});

let lastUseMs = Date.now();

/** When this page last asked the agent for something, in milliseconds: the session ends half an hour after it. */
export function lastUse(): number {
  return lastUseMs;
}

/** What the page sends of the window's session with each request; nothing when this tab is not signed in. */
export function windowHeaders(): Readonly<Record<string, string>> {
  const secret = sessionStorage.getItem(storageKey);
  return secret === null ? {} : { [headerName]: z.string().parse(JSON.parse(secret)) };
}

/** Ends the session in this tab: nothing that it holds can sign in again. */
export function forgetSession(): void {
  sessionStorage.removeItem(storageKey);
}

/** The error in an answer that is none. */
export async function failure(response: Response): Promise<RequestError> {
  return failureIn(response.status, await response.json().catch(() => null));
}

/** The error that an envelope says; `status` is the answer's. */
export function failureIn(status: number, envelope: unknown): RequestError {
  const parsed = envelopeSchema.safeParse(envelope);
  if (!parsed.success) {
    return new RequestError(status, 'bad_answer', `The agent answered ${status} without saying why.`);
  }
  const { code, message, details = {}, request_id: requestId } = parsed.data.error;
  return new RequestError(status, code, message, {
    hint: details.hint ?? details.upstream?.hint ?? null,
    requestId: requestId ?? null,
    details,
  });
}

/** What a request sends beside its path. */
export interface RequestOptions {
  readonly body?: unknown;
  readonly signal?: AbortSignal;
  /** Makes the request the same one when it is sent again. */
  readonly idempotencyKey?: string;
  /** The page asks it by itself: it is no use of the session, which ends as if it had not been asked. */
  readonly unattended?: boolean;
}

/** Sends one request and parses its answer. Rejects with a {@link RequestError}, code `agent_unreachable` when nothing answers. */
export async function request<Answer>(
  method: string,
  path: string,
  answers: z.ZodType<Answer>,
  { body, signal, idempotencyKey, unattended = false }: RequestOptions = {},
): Promise<Answer> {
  if (!unattended) lastUseMs = Date.now();
  const response = await fetch(path, {
    method,
    headers: {
      ...windowHeaders(),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(unattended ? { 'x-fibric-unattended': '1' } : {}),
      ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
    },
    credentials: 'same-origin',
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  }).catch((cause: unknown) => {
    signal?.throwIfAborted();
    throw new RequestError(0, 'agent_unreachable', cause instanceof Error ? cause.message : String(cause));
  });
  noteAgentTime(response.headers.get('date'));
  if (!response.ok) throw await failure(response);
  return answers.parse(await response.json());
}

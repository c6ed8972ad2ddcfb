import { z } from 'zod';
import { eventBatchSchema } from '../../api/schemas/index.ts';
import type { Send } from '../way-out/send.ts';
import type { Carried, EventCarrier } from './carrier.ts';
import { type RawAnswer, request } from './http-request.ts';
import type { Pace } from './pace.ts';
import type { ItemOutcome, OutboxItem } from './terms.ts';

/** Where events go over HTTP. */
export interface EventDestination {
  /** `https://hub.example.com`, without a slash at the end. */
  readonly origin: string;
  /** For `Authorization: Bearer`; never in a log. */
  readonly token: string;
  readonly mode: 'live' | 'test';
}

const MAX_BATCH = 500;

const refusal = z.object({ error: z.object({ code: z.string(), message: z.string() }) });

/** To a hub of ours: many events a request, each under its own key. */
export function createBatchCarrier(to: EventDestination, send: Send): EventCarrier {
  return {
    name: to.origin,
    live: to.mode === 'live',
    maxItems: MAX_BATCH,
    async carry(items, signal) {
      // From the stored text: what is sent again is the same bytes.
      const events = items.map(({ key, body }) => `{"idempotency_key":${JSON.stringify(key)},"event":${body}}`);
      const answer = await post(send, to, {
        path: '/v1/events/batch',
        body: `{"events":[${events.join(',')}]}`,
        signal,
      });
      if (answer.kind !== 'answer') return answer.carried;
      const { status, text, pace } = answer;
      if (status === 200) {
        const outcomes = batchOutcomes(items, text);
        return outcomes === null ? misunderstood(pace) : { kind: 'taken', outcomes, pace };
      }
      if (isRefusal(status)) {
        return items.length > 1 ? { kind: 'fewer' } : { kind: 'taken', outcomes: [refusedBy(status, text)], pace };
      }
      return notNow(status, text, pace);
    },
  };
}

/** To Fibric's own API: one event a request, which is the only form its documents show. */
export function createSingleCarrier(to: EventDestination, send: Send): EventCarrier {
  return {
    name: to.origin,
    live: to.mode === 'live',
    maxItems: 1,
    async carry([item], signal) {
      if (item === undefined) return { kind: 'taken', outcomes: [], pace: null };
      const answer = await post(send, to, { path: '/v1/events', body: item.body, key: item.key, signal });
      if (answer.kind !== 'answer') return answer.carried;
      const { status, text, pace } = answer;
      // The shape of the answer is not published: that it was taken is what its status says.
      if (status >= 200 && status < 300) return { kind: 'taken', outcomes: [{ kind: 'delivered' }], pace };
      if (isRefusal(status) && !isLocked(text)) return { kind: 'taken', outcomes: [refusedBy(status, text)], pace };
      return notNow(status, text, pace);
    },
  };
}

type Answer = RawAnswer | { readonly kind: 'none'; readonly carried: Carried };

async function post(
  send: Send,
  { origin, token }: EventDestination,
  options: { readonly path: string; readonly body: string; readonly key?: string; readonly signal: AbortSignal },
): Promise<Answer> {
  const { path, ...rest } = options;
  const answer = await request(send, { method: 'POST', url: `${origin}${path}`, token, ...rest });
  if (answer.kind === 'answer') return answer;
  const hint = answer.hint ?? 'Is this machine on the network? Events are kept meanwhile.';
  return { kind: 'none', carried: { kind: 'later', reason: answer.reason, hint, pace: null } };
}

/** One for each item, in order; null when the answer is not about these items. */
function batchOutcomes(items: readonly OutboxItem[], text: string): readonly ItemOutcome[] | null {
  const parsed = eventBatchSchema.safeParse(parseJson(text));
  if (!parsed.success) return null;
  const { results } = parsed.data;
  if (results.length !== items.length || results.some((result, index) => result.idempotency_key !== items[index]?.key))
    return null;
  return results.map(
    ({ status, error }): ItemOutcome =>
      status === 'refused'
        ? { kind: 'refused', code: error?.code ?? 'refused', message: error?.message ?? 'no reason was given' }
        : { kind: 'delivered' },
  );
}

/** What is never sent again unchanged (the platform's table of retries). */
function isRefusal(status: number): boolean {
  return status === 400 || status === 409 || status === 413 || status === 422;
}

/** The only conflict that a retry may mend. */
function isLocked(text: string): boolean {
  return codeOf(text) === 'entity_locked';
}

function codeOf(text: string): string | null {
  const parsed = refusal.safeParse(parseJson(text));
  return parsed.success ? parsed.data.error.code : null;
}

function refusedBy(status: number, text: string): ItemOutcome {
  const parsed = refusal.safeParse(parseJson(text));
  if (parsed.success) return { kind: 'refused', ...parsed.data.error };
  return { kind: 'refused', code: `http_${status}`, message: `It answered ${status}.` };
}

function notNow(status: number, text: string, pace: Pace): Carried {
  const parsed = refusal.safeParse(parseJson(text));
  const said = parsed.success ? parsed.data.error.message : `It answered ${status}.`;
  if (status === 401 || status === 403 || status === 404) {
    return {
      kind: 'blocked',
      reason: `The cloud does not take events with this key (${status}): ${said}`,
      hint: 'Check the address of the cloud, and that the key is not revoked and has the scope events:write.',
    };
  }
  return { kind: 'later', reason: `The cloud can't take events now (${status}): ${said}`, hint: null, pace };
}

function misunderstood(pace: Pace): Carried {
  return {
    kind: 'later',
    reason: 'The cloud gave an answer to a batch that this version does not understand.',
    hint: 'Is the hub of another version?',
    pace,
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

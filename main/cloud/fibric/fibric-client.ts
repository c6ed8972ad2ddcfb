import { z } from 'zod';
import { type RawAnswer, request } from '../outbox/http-request.ts';
import { type Pace, waitFor } from '../outbox/pace.ts';
import type { Send } from '../way-out/send.ts';

/** Fibric's API and the key for it. */
export interface FibricAccess {
  /** `https://api.fibric.io`, without `/v1`. */
  readonly origin: string;
  readonly token: string;
}

/**
 * A connector as it is shown there. Unknown fields are passed over and words are taken as they come: the documents know
 * `connected`, `ready` and `degraded`, and promise new ones.
 */
const connectorSchema = z.object({
  id: z.string().regex(/^cn_/),
  listing: z.string(),
  name: z.string(),
  kind: z.string().optional(),
  status: z.string().optional(),
});
export type RemoteConnector = z.output<typeof connectorSchema>;
const listSchema = z.object({ data: z.array(connectorSchema), next_cursor: z.string().nullish() });
const envelopeSchema = z.object({ error: z.object({ code: z.string(), message: z.string() }) });

/** How a request ended. */
export type Asked<Found> =
  | { readonly kind: 'ok'; readonly found: Found }
  /** The API says no; its code decides what is to be done. */
  | { readonly kind: 'no'; readonly status: number; readonly code: string; readonly message: string }
  /** The same again, after so long at least. */
  | { readonly kind: 'later'; readonly message: string; readonly afterMs: number };

/** What of the Connectors API an agent needs. */
export interface FibricClient {
  install(body: string, idempotencyKey: string, signal: AbortSignal): Promise<Asked<RemoteConnector>>;
  get(id: string, signal: AbortSignal): Promise<Asked<RemoteConnector>>;
  /** The one of that name, from all pages of the list; null: there is none. */
  findByName(name: string, signal: AbortSignal): Promise<Asked<RemoteConnector | null>>;
  remove(id: string, signal: AbortSignal): Promise<Asked<null>>;
}

const MOST_PAGES = 1_000;

export function createFibricClient({ origin, token }: FibricAccess, send: Send): FibricClient {
  const ask = async <Found>(
    method: string,
    path: string,
    signal: AbortSignal,
    read: (text: string) => Found | null,
    more: { readonly body?: string; readonly key?: string } = {},
  ): Promise<Asked<Found>> => {
    const answer = await request(send, { url: `${origin}/v1${path}`, method, token, signal, ...more });
    if (answer.kind === 'none')
      return { kind: 'later', message: [answer.reason, answer.hint].filter(Boolean).join(' '), afterMs: 0 };
    const { status, text, pace } = answer;
    if (status >= 200 && status < 300) {
      const found = read(text);
      if (found !== null) return { kind: 'ok', found };
      return { kind: 'later', message: `${method} ${path}: the answer is not what the documents say.`, afterMs: 0 };
    }
    return refused(answer, pace);
  };
  const connector = (text: string) => connectorSchema.safeParse(parseJson(text)).data ?? null;

  return {
    install: (body, key, signal) => ask('POST', '/connectors', signal, connector, { body, key }),
    get: (id, signal) => ask('GET', `/connectors/${encodeURIComponent(id)}`, signal, connector),
    async findByName(name, signal) {
      let cursor: string | null = null;
      for (let page = 0; page < MOST_PAGES; page += 1) {
        const after: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
        const asked: Asked<z.output<typeof listSchema>> = await ask(
          'GET',
          `/connectors?limit=100${after}`,
          signal,
          (text) => listSchema.safeParse(parseJson(text)).data ?? null,
        );
        if (asked.kind !== 'ok') return asked;
        const found = asked.found.data.find((one) => one.name === name);
        if (found !== undefined) return { kind: 'ok', found };
        cursor = asked.found.next_cursor ?? null;
        if (cursor === null) return { kind: 'ok', found: null };
      }
      return { kind: 'later', message: 'The list of connectors has no end.', afterMs: 0 };
    },
    async remove(id, signal) {
      const asked = await ask('DELETE', `/connectors/${encodeURIComponent(id)}`, signal, () => true);
      return asked.kind === 'ok' ? { kind: 'ok', found: null } : asked;
    },
  };
}

/** The retry rule of the documents: 429, 5xx and a lock pass, everything else stays (section 7 of the platform's errors). */
function refused({ status, text }: RawAnswer, pace: Pace): Asked<never> {
  const parsed = envelopeSchema.safeParse(parseJson(text));
  const code = parsed.success ? parsed.data.error.code : `http_${status}`;
  const message = parsed.success ? parsed.data.error.message : `It answered ${status}.`;
  if (status === 429 || status >= 500 || code === 'entity_locked')
    return { kind: 'later', message, afterMs: waitFor(pace) };
  return { kind: 'no', status, code, message };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

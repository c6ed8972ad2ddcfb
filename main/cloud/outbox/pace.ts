/** What a response says of the budget it belongs to. Null where it says nothing. */
export interface Pace {
  readonly limit: number | null;
  readonly remaining: number | null;
  /** Until the budget grows again. */
  readonly resetMs: number | null;
  /** How long to wait before anything else. */
  readonly retryAfterMs: number | null;
}

/** No server is believed that wants to be left alone for longer. */
const LONGEST_MS = 15 * 60_000;
/** The budget is shared with others of the tenant: the last part of it is spent slowly. */
const SHARE_KEPT = 0.1;

/**
 * Reads `Retry-After` (RFC 9110, section 10.2.3), the platform's `X-RateLimit-*` (reset in Unix seconds) and the IETF's
 * `RateLimit-*` and `RateLimit` (reset in seconds from now). Points in time are taken against the response's own `Date`, so
 * that a wrong clock on either side does not matter.
 */
export function readPace(headers: Pick<Headers, 'get'>, nowMs: number): Pace {
  const serverNowMs = parseDate(headers.get('date')) ?? nowMs;
  const structured = parameters(headers.get('ratelimit'));
  const resetAtS = number(headers.get('x-ratelimit-reset'));
  const resetInS = number(headers.get('ratelimit-reset')) ?? structured.get('t') ?? structured.get('reset') ?? null;
  return {
    limit:
      number(headers.get('x-ratelimit-limit')) ??
      number(headers.get('ratelimit-limit')) ??
      structured.get('limit') ??
      null,
    remaining:
      number(headers.get('x-ratelimit-remaining')) ??
      number(headers.get('ratelimit-remaining')) ??
      structured.get('r') ??
      structured.get('remaining') ??
      null,
    resetMs: bounded(resetInS !== null ? resetInS * 1000 : resetAtS !== null ? resetAtS * 1000 - serverNowMs : null),
    retryAfterMs: bounded(retryAfter(headers.get('retry-after'), serverNowMs)),
  };
}

/** How long to wait before the next request, so that the budget lasts. */
export function waitFor({ limit, remaining, resetMs, retryAfterMs }: Pace): number {
  const least = retryAfterMs ?? 0;
  if (remaining === null || resetMs === null) return least;
  if (remaining <= 0) return Math.max(least, resetMs);
  const scarce = limit !== null && remaining < limit * SHARE_KEPT;
  return scarce ? Math.max(least, Math.ceil(resetMs / remaining)) : least;
}

function retryAfter(value: string | null, serverNowMs: number): number | null {
  const seconds = number(value);
  if (seconds !== null) return seconds * 1000;
  const at = parseDate(value);
  return at === null ? null : at - serverNowMs;
}

function bounded(ms: number | null): number | null {
  return ms === null ? null : Math.min(LONGEST_MS, Math.max(0, Math.ceil(ms)));
}

function number(value: string | null): number | null {
  // Of `100, 100;w=60` the first is the one that counts.
  const [text] = /^\s*\d{1,12}(?:\.\d{1,3})?(?=\s*(?:$|[,;]))/.exec(value ?? '') ?? [];
  return text === undefined ? null : Number(text);
}

function parseDate(value: string | null): number | null {
  if (value === null || !/[A-Za-z]{3}/.test(value)) return null;
  const ms = Date.parse(value);
  return Number.isNaN(ms) ? null : ms;
}

function parameters(value: string | null): ReadonlyMap<string, number> {
  const [first = ''] = (value ?? '').split(',');
  const found = first.matchAll(/(?:^|;)\s*([a-z]+)\s*=\s*(\d{1,12})(?=\s*(?:;|$))/g);
  return new Map([...found].map(([, name = '', digits = '']) => [name, Number(digits)]));
}

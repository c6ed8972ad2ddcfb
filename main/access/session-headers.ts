import type { IncomingMessage } from 'node:http';

/** The header in which a page sends its half of its session. */
const HALF_HEADER = 'x-fibric-window';
/** The header with which a page marks what it asks by itself. It can only shorten a session, so that anybody may send it. */
const UNATTENDED_HEADER = 'x-fibric-unattended';

/** What a page sends of its session. */
export interface SentSession {
  readonly cookie: string | undefined;
  readonly half: string;
  /** What a page does by itself is not a person at work (contract section 5). */
  readonly countsAsUse: boolean;
}

/** The session that a request is sent with; null when it comes from no page. */
export function sentSession(request: IncomingMessage): SentSession | null {
  const { headers } = request;
  const half = headers[HALF_HEADER];
  if (typeof half !== 'string') return null;
  const countsAsUse = !isStream(request) && headers[UNATTENDED_HEADER] === undefined;
  return { cookie: headers.cookie, half, countsAsUse };
}

/** Whether this is the stream, under its own name or below the mount of the API. */
function isStream({ url = '' }: IncomingMessage): boolean {
  const [path] = url.split('?');
  return path === '/stream' || path === '/v1/stream';
}

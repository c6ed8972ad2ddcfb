import type { IncomingMessage } from 'node:http';
import { AgentError } from '../../drivers/kit/index.ts';

/**
 * Throws `forbidden_origin` unless the request comes from the hub's own page: `origin` is the hub's, as its people know it;
 * another name that leads to it is its own for a page that was loaded by that name. A browser sends `Origin` with whatever
 * changes something (Fetch, section 3.1), so that its absence says no.
 */
export function requireOwnPage(request: IncomingMessage, hubOrigin: string): void {
  const { origin, host, 'sec-fetch-site': site } = request.headers;
  const own = origin !== undefined && (origin === hubOrigin || hostOf(origin) === host?.toLowerCase());
  if (own && (site === undefined || site === 'same-origin')) return;
  throw new AgentError('forbidden_origin', 'This is for the page of this hub alone.', {
    hint: 'A program sends a key: Authorization: Bearer sk_...',
  });
}

function hostOf(origin: string): string | null {
  return URL.parse(origin)?.host ?? null;
}

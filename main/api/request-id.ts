import { randomBytes } from 'node:crypto';

/** The header that carries {@link createRequestId}'s answer on every response. */
export const requestIdHeader = 'X-Request-Id';

/** A new id for a request, `req_` and 64 random bits in hex. */
export function createRequestId(): string {
  return `req_${randomBytes(8).toString('hex')}`;
}

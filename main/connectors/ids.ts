import { randomBytes } from 'node:crypto';

/**
 * `cn`: connector, `jr`: journal row, `ct`: connector test, `ik`: idempotency key that we made, `ap`: approval, `call`: a
 * call in flight, `op`: operator.
 */
export type IdPrefix = 'cn' | 'jr' | 'ct' | 'ik' | 'ap' | 'call' | 'op';

/** A new id of 128 random bits. */
export function mintId(prefix: IdPrefix): string {
  return `${prefix}_${randomBytes(16).toString('hex')}`;
}

import { dial } from '../dial.ts';
import { createPools } from '../pools.ts';
import { targetOf } from '../reasons.ts';
import { createSend, type Send } from '../send.ts';
import { createTrust } from '../trust.ts';

/** Sends without a proxy, and trusts whom the system trusts. */
export function createDirectSend(): Send {
  const trust = createTrust({ file: null, pem: () => null });
  const connect = (origin: string, signal: AbortSignal) =>
    dial(targetOf(origin), { proxy: null, trust: trust.context, caProblem: () => null }, signal);
  const pools = createPools(connect);
  return createSend({ connect, pool: pools.of });
}

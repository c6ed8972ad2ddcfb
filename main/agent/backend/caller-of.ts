import type { Principal } from '../../api/index.ts';
import type { Caller } from '../../connectors/index.ts';

/** Who asks, as the connectors know callers. */
export function callerOf(principal: Principal): Caller {
  const { id, kind, name, mintedKey } = principal;
  return { id, kind, name, ...(mintedKey === undefined ? {} : { mintedKey }) };
}

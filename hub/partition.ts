import { AgentError } from '../drivers/kit/index.ts';
import type { Partition, Principal } from '../main/api/index.ts';

/** One tenant's live or test data. */
export type Place = Pick<Partition, 'tenantId' | 'mode'>;

/** The partition a principal works in. Throws `invalid_parameter` for an administrator who named none. */
export function placeOf({ partition }: Pick<Principal, 'partition'>): Place {
  if (partition !== undefined) return partition;
  throw new AgentError('invalid_parameter', 'Say for which tenant.', {
    hint: 'On the hub itself: --tenant NAME, and --test for its test partition.',
    details: { parameter: 'tenant' },
  });
}

/** Whether both are one partition. */
export function isSamePlace(left: Place, right: Place): boolean {
  return left.tenantId === right.tenantId && left.mode === right.mode;
}

/** Names a partition. */
export function keyOf({ tenantId, mode }: Place): string {
  return `${mode}:${tenantId}`;
}

/** What an id outside of the partition is answered with, as one that does not exist. */
export function noSuch(what: string, id: string): AgentError {
  return new AgentError('not_found', `There is no ${what} ${JSON.stringify(id.slice(0, 100))}.`, {
    hint: `List the ${what}s to see the ids there are.`,
  });
}

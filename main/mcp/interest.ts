import type { Principal } from '../api/index.ts';
import type { Interest } from './change-feed.ts';

/** The connectors that whoever listens at this address (null: all) may hear of. */
export function interestOf(connectorId: string | null, { connectors }: Pick<Principal, 'connectors'>): Interest {
  return (id) => (connectorId === null || connectorId === id) && (connectors === null || connectors.has(id));
}

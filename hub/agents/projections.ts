import type { AgentFrame } from '../../main/api/link/index.ts';
import type { ConnectorObject, DeviceObject, ListingObject } from '../../main/api/schemas/index.ts';
import { type ConnectorEntry, createEntries, factsOf } from './connector-entry.ts';
import { createRecent } from './recent.ts';
import { createSharedListings } from './shared-listings.ts';
import { type ConnectorBody, readConnector, readDevice } from './told-bodies.ts';
import { isWelcome, mostTold } from './told-limits.ts';
import type { ToldStore } from './told-store.ts';

type ItemFrame = Extract<AgentFrame, { type: 'item' }>;
type ItemRef = Pick<ItemFrame, 'kind' | 'id'>;

/** Bodies kept as they were parsed last: those that are called all the time. */
const RECENT_BODIES = 500;

/** A device as it is kept in memory. */
export interface DeviceEntry {
  readonly id: string;
  readonly agentId: string;
  readonly digest: string;
}

/** What changed, for those who follow. */
export type ProjectionChange =
  | {
      readonly type: 'connector';
      readonly agentId: string;
      readonly before: ConnectorEntry | null;
      readonly entry: ConnectorEntry;
      readonly connector: ConnectorObject;
    }
  | { readonly type: 'connector_removed'; readonly agentId: string; readonly before: ConnectorEntry }
  | { readonly type: 'device'; readonly agentId: string; readonly device: DeviceObject }
  | { readonly type: 'device_removed'; readonly agentId: string; readonly deviceId: string };

/**
 * What agents told of themselves. The agent is the truth: all of it may be asked for anew. In memory is what lists need; the rest
 * is read from the store when it is asked for.
 */
export interface Projections {
  /** What of an agent's inventory is not known here as it is there; what is not in it is dropped. */
  reconcile(agentId: string, inventory: Extract<AgentFrame, { type: 'inventory' }>['items']): readonly ItemRef[];
  /** False when the body is none that this hub understands, or shows: then nothing of it is kept. */
  put(agentId: string, item: ItemFrame, options: { readonly takesSimulated: boolean }): boolean;
  drop(agentId: string, item: ItemRef): void;
  /** Null; or, when much waits for the disk, what resolves once it is stored. Whoever tells more waits for it. */
  backlog(): Promise<void> | null;
  /** All of a revoked agent. */
  forget(agentId: string): void;
  connectorsOf(agentId: string): readonly ConnectorEntry[];
  connector(connectorId: string): ConnectorEntry | null;
  /** Null when it is not there any more. */
  connectorBody(connectorId: string): ConnectorBody | null;
  devicesOf(agentId: string): readonly DeviceEntry[];
  device(deviceId: string): { readonly agentId: string; readonly device: DeviceObject } | null;
  /** The devices of these agents, whole. */
  deviceBodiesOf(agentIds: readonly string[]): readonly DeviceObject[];
  listingsOf(agentId: string): readonly ListingObject[];
  subscribe(listener: (change: ProjectionChange) => void): () => void;
}

interface OfAgent {
  readonly connectors: ConnectorEntry[];
  readonly devices: DeviceEntry[];
}

const nothing: OfAgent = { connectors: [], devices: [] };

/** Reads what is kept and follows what agents say. */
export function createProjections(store: ToldStore): Projections {
  const agents = new Map<string, OfAgent>();
  const connectors = new Map<string, ConnectorEntry>();
  const devices = new Map<string, DeviceEntry>();
  const listings = createSharedListings(store);
  const recent = createRecent<ConnectorBody>(RECENT_BODIES);
  const listeners = new Set<(change: ProjectionChange) => void>();
  const entryOf = createEntries();

  const tell = (change: ProjectionChange) => {
    for (const listener of [...listeners]) listener(change);
  };
  const of = (agentId: string): OfAgent => {
    const known = agents.get(agentId);
    if (known !== undefined) return known;
    const made: OfAgent = { connectors: [], devices: [] };
    agents.set(agentId, made);
    return made;
  };
  const see = (agentId: string): OfAgent => agents.get(agentId) ?? nothing;
  /** An id that another agent told first stays that one's: ids are 128 bits, so the second is copied. */
  const mayHave = (agentId: string, { kind, id }: ItemRef): boolean => {
    const owner = (connectors.get(id) ?? devices.get(id))?.agentId;
    return (owner === undefined || owner === agentId) && !(kind === 'connector' ? devices : connectors).has(id);
  };

  const takeConnector = (entry: ConnectorEntry) => {
    const before = connectors.get(entry.id) ?? null;
    replace(of(entry.agentId).connectors, before, entry);
    connectors.set(entry.id, entry);
    return before;
  };
  const takeDevice = (entry: DeviceEntry) => {
    replace(of(entry.agentId).devices, devices.get(entry.id) ?? null, entry);
    devices.set(entry.id, entry);
  };
  for (const row of store.rows()) {
    const { id, agent_id: agentId, digest } = row;
    if (row.kind === 'connector') takeConnector(entryOf(id, agentId, digest, row.facts));
    else takeDevice({ id, agentId, digest });
  }

  const putConnector = (agentId: string, { kind, id, digest, body }: ItemFrame): boolean => {
    const parsed = readConnector(body, id);
    if (parsed === null || !mayHave(agentId, { kind, id })) return false;
    const facts = factsOf(parsed.connector);
    const entry = entryOf(id, agentId, digest, facts);
    store.put({ id, agentId, kind: 'connector', digest, facts, body: parsed });
    recent.delete(id);
    const before = takeConnector(entry);
    tell({ type: 'connector', agentId, before, entry, connector: parsed.connector });
    return true;
  };
  const putDevice = (agentId: string, { kind, id, digest, body }: ItemFrame): boolean => {
    const device = readDevice(body, id);
    if (device === null || !mayHave(agentId, { kind, id })) return false;
    store.put({ id, agentId, kind: 'device', digest, facts: {}, body: { device } });
    takeDevice({ id, agentId, digest });
    tell({ type: 'device', agentId, device });
    return true;
  };
  const put = (agentId: string, item: ItemFrame): boolean => {
    if (item.kind === 'connector') return putConnector(agentId, item);
    return item.kind === 'device' ? putDevice(agentId, item) : listings.put(agentId, item.id, item.digest, item.body);
  };
  const hasRoom = (agentId: string, { kind, id }: ItemRef): boolean => {
    const { connectors: ownConnectors, devices: ownDevices } = see(agentId);
    const told = ownConnectors.length + ownDevices.length + listings.of(agentId).length;
    if (told < mostTold) return true;
    if (kind === 'listing') return listings.of(agentId).some(({ listing }) => listing.id === id);
    return (kind === 'connector' ? connectors : devices).get(id)?.agentId === agentId;
  };
  const drop = (agentId: string, { kind, id }: ItemRef) => {
    if (kind === 'listing') return listings.remove(agentId, id);
    if (kind === 'connector') {
      const before = connectors.get(id);
      if (before?.agentId !== agentId) return;
      connectors.delete(id);
      recent.delete(id);
      replace(of(agentId).connectors, before, null);
      store.remove(id);
      tell({ type: 'connector_removed', agentId, before });
    } else {
      const before = devices.get(id);
      if (before?.agentId !== agentId) return;
      devices.delete(id);
      replace(of(agentId).devices, before, null);
      store.remove(id);
      tell({ type: 'device_removed', agentId, deviceId: id });
    }
  };

  return {
    reconcile(agentId, inventory) {
      const { connectors: ownConnectors, devices: ownDevices } = see(agentId);
      const known = new Map<string, string>([
        ...ownConnectors.map(({ id, digest }) => [`connector/${id}`, digest] as const),
        ...ownDevices.map(({ id, digest }) => [`device/${id}`, digest] as const),
        ...listings.of(agentId).map(({ listing, digest }) => [`listing/${listing.id}`, digest] as const),
      ]);
      const wanted = inventory.filter(({ kind, id, digest }) => known.get(`${kind}/${id}`) !== digest);
      for (const { kind, id } of inventory) known.delete(`${kind}/${id}`);
      for (const gone of known.keys()) {
        const [kind = '', id = ''] = gone.split('/');
        if (kind === 'connector' || kind === 'device' || kind === 'listing') drop(agentId, { kind, id });
      }
      return wanted.map(({ kind, id }) => ({ kind, id }));
    },
    put(agentId, item, { takesSimulated }) {
      if (isWelcome(item, takesSimulated) && hasRoom(agentId, item) && put(agentId, item)) return true;
      drop(agentId, item);
      return false;
    },
    drop,
    backlog: () => store.backlog(),
    forget(agentId) {
      const own = see(agentId);
      for (const { id } of [...own.connectors]) drop(agentId, { kind: 'connector', id });
      for (const { id } of [...own.devices]) drop(agentId, { kind: 'device', id });
      listings.forget(agentId);
      agents.delete(agentId);
    },
    connectorsOf: (agentId) => see(agentId).connectors,
    connector: (id) => connectors.get(id) ?? null,
    connectorBody(id) {
      const known = recent.get(id);
      if (known !== undefined) return known;
      const body = connectors.has(id) ? store.connector(id) : null;
      if (body !== null) recent.set(id, body);
      return body;
    },
    devicesOf: (agentId) => see(agentId).devices,
    device(id) {
      const entry = devices.get(id);
      const device = entry === undefined ? undefined : store.devices([id]).get(id);
      return entry === undefined || device === undefined ? null : { agentId: entry.agentId, device };
    },
    deviceBodiesOf(agentIds) {
      const ids = agentIds.flatMap((agentId) => see(agentId).devices.map(({ id }) => id));
      const found = store.devices(ids);
      return ids.flatMap((id) => found.get(id) ?? []);
    },
    listingsOf: (agentId) => listings.of(agentId).map(({ listing }) => listing),
    subscribe(listener) {
      const own = (change: ProjectionChange) => listener(change);
      listeners.add(own);
      return () => void listeners.delete(own);
    },
  };
}

/** Puts `after` in the place of `before`; null stands for none. */
function replace<Entry>(list: Entry[], before: Entry | null, after: Entry | null): void {
  const index = before === null ? -1 : list.indexOf(before);
  if (after === null) {
    if (index >= 0) list.splice(index, 1);
  } else if (index >= 0) list[index] = after;
  else list.push(after);
}

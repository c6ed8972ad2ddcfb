import type { Page, PageRequest, Principal } from '../../main/api/index.ts';
import type {
  ConnectorListFilter,
  ConnectorObject,
  ConnectorSummary,
  DeviceObject,
  ToolObject,
} from '../../main/api/schemas/index.ts';
import type { ConnectorEntry } from '../agents/connector-entry.ts';
import type { Projections } from '../agents/projections.ts';
import type { AgentRegistry, AgentRow } from '../agents/registry.ts';
import type { LinkServer } from '../link/link-server.ts';
import { keyOf, noSuch, type Place, placeOf } from '../partition.ts';
import { type ConnectorIndex, createConnectorIndex } from './connector-index.ts';
import { createPace } from './pace.ts';

/** A connector in sight, with the agent it is at. */
export interface Found {
  readonly agent: AgentRow;
  /** As its agent showed it last. */
  readonly connector: ConnectorObject;
  readonly tools: readonly ToolObject[];
  /** As the hub shows it. */
  readonly shown: ConnectorObject;
}

/** What is said of a connector beside a capability. */
type Brief = Pick<ConnectorSummary, 'id' | 'name' | 'status'>;

/** A capability and the connectors that have it. */
export interface CapabilityInSight {
  readonly capability: string;
  readonly connectors: readonly Brief[];
}

/** What of the agents' projections a principal sees, as the hub shows it. */
export interface View {
  agents(principal: Principal): readonly AgentRow[];
  sees(principal: Principal, agentId: string): boolean;
  /** Newest first. */
  list(principal: Principal, filter: ConnectorListFilter, page: PageRequest): Page<ConnectorSummary>;
  /** By name; their connectors newest first. A part at a time, so that others get their turn. */
  capabilities(principal: Principal): Promise<readonly CapabilityInSight[]>;
  /** Whether any connector has a capability. */
  has(place: Place, capability: string): boolean;
  /** Those that have a capability. */
  having(place: Place, capability: string): readonly Brief[];
  /** Throws `not_found`. */
  connector(principal: Principal, connectorId: string): Found;
  /** The same; null when it is not there. */
  find(place: Place, connectorId: string): Found | null;
  /** Of one agent, newest first; none where it is out of sight. */
  connectorsOf(principal: Principal, agentId: string): readonly ConnectorObject[];
  devicesOf(principal: Principal, agentId: string): readonly DeviceObject[];
  /** A part at a time, so that others get their turn. */
  devices(principal: Principal): Promise<readonly DeviceObject[]>;
  /** Throws `not_found`. */
  device(principal: Principal, deviceId: string): { readonly agent: AgentRow; readonly device: DeviceObject };
  /** As {@link View.connector}'s `shown`; null when it is out of sight. */
  show(principal: Principal, connectorId: string): ConnectorObject | null;
}

/** Of what is shown together, so much is put together before others get their turn. */
const AT_ONCE = 200;

/** Makes {@link View}, and keeps it as agents come, go, and tell what they have. */
export function createView(parts: {
  readonly agents: AgentRegistry;
  readonly projections: Projections;
  readonly links: Pick<LinkServer, 'link' | 'onChange'>;
}): View {
  const { agents, projections, links } = parts;
  const indexes = new Map<string, ConnectorIndex>();
  /** Agents in sight, and whether their connectors are listed as those of a machine that is linked. */
  const listedAs = new Map<string, 'linked' | 'away'>();

  const statusOf = (entry: ConnectorEntry) => (listedAs.get(entry.agentId) === 'linked' ? entry.status : 'error');
  const indexOf = (row: AgentRow): ConnectorIndex => {
    const key = keyOf({ tenantId: row.tenant_id, mode: row.mode });
    const index = indexes.get(key) ?? createConnectorIndex(statusOf);
    indexes.set(key, index);
    return index;
  };
  const shownOf = (row: AgentRow) => projections.connectorsOf(row.id).filter((entry) => isShown(entry, row));
  const linkState = (agentId: string) => (links.link(agentId) === null ? 'away' : 'linked');
  const list = (row: AgentRow) => {
    listedAs.set(row.id, linkState(row.id));
    for (const entry of shownOf(row)) indexOf(row).add(entry);
  };
  const unlist = (row: AgentRow) => {
    for (const entry of shownOf(row)) indexOf(row).remove(entry);
    listedAs.delete(row.id);
  };
  for (const row of agents.all()) if (isVisible(row)) list(row);
  agents.onChange((row) => {
    if (isVisible(row) === listedAs.has(row.id)) return;
    if (isVisible(row)) list(row);
    else unlist(row);
  });
  links.onChange((agentId) => {
    const row = agents.find(agentId);
    const now = linkState(agentId);
    if (row === null || !listedAs.has(agentId) || listedAs.get(agentId) === now) return;
    const before = shownOf(row).map((entry) => [entry, statusOf(entry)] as const);
    listedAs.set(agentId, now);
    for (const [entry, status] of before) indexOf(row).changeStatus(entry, status);
  });
  // Before anybody else can subscribe, so that those find what they are told of.
  projections.subscribe((change) => {
    const row = agents.find(change.agentId);
    if (row === null || !listedAs.has(row.id)) return;
    if (change.type !== 'connector' && change.type !== 'connector_removed') return;
    if (change.before !== null && isShown(change.before, row)) indexOf(row).remove(change.before);
    if (change.type === 'connector' && isShown(change.entry, row)) indexOf(row).add(change.entry);
  });

  const visible = ({ tenantId, mode }: Place, agentId: string): AgentRow | null => {
    const row = agents.find(agentId);
    return row !== null && row.tenant_id === tenantId && row.mode === mode && isVisible(row) ? row : null;
  };
  const nameOf = (index: ConnectorIndex, { name, agentId }: ConnectorEntry) =>
    index.isShared(name) ? `${name}@${agents.find(agentId)?.name ?? agentId}` : name;
  const brief = (index: ConnectorIndex, entry: ConnectorEntry): Brief => ({
    id: entry.id,
    name: nameOf(index, entry),
    status: statusOf(entry),
  });
  const find = (place: Place, connectorId: string): Found | null => {
    const entry = projections.connector(connectorId);
    const agent = entry === null ? null : visible(place, entry.agentId);
    if (entry === null || agent === null || !isShown(entry, agent)) return null;
    const body = projections.connectorBody(connectorId);
    if (body === null) return null;
    const name = nameOf(indexOf(agent), entry);
    const shown = present({ ...body.connector, name }, agent, links.link(agent.id) !== null);
    return { agent, ...body, shown };
  };

  return {
    agents: (principal) => agents.list(placeOf(principal)).filter(isVisible),
    sees: (principal, agentId) => visible(placeOf(principal), agentId) !== null,
    list(principal, filter, page) {
      const index = indexes.get(keyOf(placeOf(principal)));
      if (index === undefined) return { items: [], next: null };
      const { items, next } = index.page(filter, page);
      return { items: items.map((entry) => summary(entry, nameOf(index, entry), statusOf(entry))), next };
    },
    async capabilities(principal) {
      const index = indexes.get(keyOf(placeOf(principal)));
      if (index === undefined) return [];
      const found: CapabilityInSight[] = [];
      const pace = createPace(AT_ONCE);
      for (const capability of index.capabilities()) {
        const connectors: Brief[] = [];
        // By pages, as a client would ask: what changes between two of them leaves out and repeats nobody else.
        for (let position: string | null = null, more = true; more; ) {
          const page: Page<ConnectorEntry> = index.page({ capability }, { limit: AT_ONCE, position });
          for (const entry of page.items) connectors.push(brief(index, entry));
          position = page.next;
          more = position !== null;
          await pace(page.items.length);
        }
        if (connectors.length > 0) found.push({ capability, connectors });
      }
      return found;
    },
    has: (place, capability) => indexes.get(keyOf(place))?.has(capability) === true,
    having(place, capability) {
      const index = indexes.get(keyOf(place));
      if (index === undefined) return [];
      return Array.from(index.having(capability), (entry) => brief(index, entry));
    },
    connector(principal, connectorId) {
      const found = find(placeOf(principal), connectorId);
      if (found === null) throw noSuch('connector', connectorId);
      return found;
    },
    find,
    connectorsOf(principal, agentId) {
      const found = projections.connectorsOf(agentId).map(({ id }) => find(placeOf(principal), id)?.shown ?? null);
      return found
        .filter((shown) => shown !== null)
        .sort((left, right) => Date.parse(right.created_at) - Date.parse(left.created_at));
    },
    devicesOf: (principal, agentId) =>
      visible(placeOf(principal), agentId) === null ? [] : projections.deviceBodiesOf([agentId]),
    async devices(principal) {
      const found: DeviceObject[] = [];
      const pace = createPace(AT_ONCE);
      let some: string[] = [];
      let count = 0;
      const read = async () => {
        found.push(...projections.deviceBodiesOf(some));
        await pace(count);
        [some, count] = [[], 0];
      };
      for (const { id } of agents.list(placeOf(principal)).filter(isVisible)) {
        some.push(id);
        count += projections.devicesOf(id).length;
        if (count >= AT_ONCE) await read();
      }
      await read();
      return found;
    },
    device(principal, deviceId) {
      const found = projections.device(deviceId);
      const agent = found === null ? null : visible(placeOf(principal), found.agentId);
      if (found === null || agent === null) throw noSuch('device', deviceId);
      return { agent, device: found.device };
    },
    show: (principal, connectorId) => find(placeOf(principal), connectorId)?.shown ?? null,
  };
}

function isVisible({ revoked_at, grants }: AgentRow): boolean {
  return revoked_at === null && grants.read;
}

/** Simulated devices never reach a live key. */
function isShown({ simulated }: ConnectorEntry, { mode }: AgentRow): boolean {
  return mode === 'test' || !simulated;
}

function summary(entry: ConnectorEntry, name: string, status: ConnectorSummary['status']): ConnectorSummary {
  const { id, listing, kind, capabilities } = entry;
  return { id, object: 'connector', listing, name, kind, capabilities, status };
}

/** What was known last of a machine that can't be asked is no state of now. */
function present(connector: ConnectorObject, agent: AgentRow, linked: boolean): ConnectorObject {
  if (linked) return connector;
  return {
    ...connector,
    status: 'error',
    health: {
      ...connector.health,
      state: 'error',
      reason: 'agent_offline',
      message: `The agent ${agent.name} is offline.`,
      hint: 'It links again by itself once its machine reaches this hub.',
      since: agent.last_seen_at ?? agent.paired_at,
      cause_id: agent.id,
    },
  };
}

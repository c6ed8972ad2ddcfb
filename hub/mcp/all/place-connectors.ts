import type { Principal } from '../../../main/api/index.ts';
import type { ToolObject } from '../../../main/api/schemas/index.ts';
import type { ShownConnector, SourceEvent } from '../../../main/mcp/index.ts';
import type { Projections } from '../../agents/projections.ts';
import type { AgentRegistry } from '../../agents/registry.ts';
import type { Found, View } from '../../backend/view.ts';
import type { LinkServer } from '../../link/link-server.ts';
import { isSamePlace, type Place } from '../../partition.ts';
import type { Slugs } from './slugs.ts';

/** Beyond so many connectors nobody chooses from one list; each has an address of its own. */
export const mostConnectors = 200;

/** What the connectors of a place are read from. */
export interface PlaceConnectorsParts {
  readonly place: Place;
  readonly view: Pick<View, 'agents' | 'sees' | 'connector'>;
  readonly projections: Pick<Projections, 'connectorsOf' | 'subscribe'>;
  readonly agents: Pick<AgentRegistry, 'onChange'>;
  readonly links: Pick<LinkServer, 'link'>;
  readonly slugs: Slugs;
  readonly onFault: (error: unknown) => void;
}

/** The connectors of one tenant's live or test data, ready to be shown. */
export interface PlaceConnectors {
  /** How many there are, whether they are shown or too many. */
  count(): number;
  /** Gives each its name, where some have none yet; resolves when those are stored. */
  prepare(): Promise<void>;
  list(): readonly ShownConnector[];
  get(connectorId: string): ShownConnector | null;
  subscribe(listener: (event: SourceEvent) => void): () => void;
  close(): void;
}

interface Kept {
  readonly connector: ShownConnector;
  readonly agentId: string;
  /** Whether its machine was linked when it was read: its health says so. */
  readonly isLinked: boolean;
}

/**
 * Keeps them. Connectors of machines that are away stay, so that lists do not change with every cut of a link: what is
 * called there says that the machine is away.
 */
export function createPlaceConnectors(parts: PlaceConnectorsParts): PlaceConnectors {
  const { place, view, projections, agents, links, slugs, onFault } = parts;
  const reader = readerOf(place);
  const kept = new Map<string, Kept>();
  const listeners = new Set<(event: SourceEvent) => void>();
  const toolsOf = new WeakMap<readonly ToolObject[], ShownConnector['tools']>();

  const tell = (event: SourceEvent) => {
    for (const listener of [...listeners]) listener(event);
  };
  const ids = () =>
    view
      .agents(reader)
      .flatMap(({ id }) => projections.connectorsOf(id))
      .filter(({ simulated }) => place.mode === 'test' || !simulated)
      .map(({ id }) => id);
  const nameOf = ({ agent, connector }: Found) => slugs.get({ agentId: agent.id, slug: connector.slug });
  const read = (connectorId: string): Found | null => {
    try {
      return view.connector(reader, connectorId);
    } catch {
      return null;
    }
  };
  const keep = (found: Found, slug: string): ShownConnector => {
    const { agent, tools: given, shown } = found;
    const { id, name, kind, simulated, status, health, device, last_synced_at } = shown;
    const tools =
      toolsOf.get(given) ?? given.map(({ name: capability, object: _, ...tool }) => ({ ...tool, capability }));
    toolsOf.set(given, tools);
    const connector = { id, name, slug, kind, tools, simulated, status, health, device, last_synced_at };
    kept.set(id, { connector, agentId: agent.id, isLinked: links.link(agent.id) !== null });
    return connector;
  };
  /** Reads all anew; whoever keeps a list looks again where something came or went. */
  const reconcile = async (): Promise<void> => {
    const wanted = new Set(ids().slice(0, mostConnectors));
    const before = [...kept.keys()].join();
    for (const id of kept.keys()) if (!wanted.has(id)) kept.delete(id);
    const found = [...wanted].flatMap((id) => (kept.has(id) ? [] : (read(id) ?? [])));
    await slugs.assign(
      place,
      found.map(({ agent, connector }) => ({ agentId: agent.id, agentName: agent.name, slug: connector.slug })),
    );
    for (const one of found) {
      const slug = nameOf(one);
      if (slug !== null) keep(one, slug);
    }
    if ([...kept.keys()].join() !== before) tell({ type: 'gap', lost: 0 });
  };

  const stopFollowing = [
    projections.subscribe((change) => {
      if (change.type === 'connector_removed') {
        const { id } = change.before;
        if (kept.delete(id)) tell({ type: 'connector_removed', connector_id: id });
      } else if (change.type === 'connector' && view.sees(reader, change.agentId)) {
        const found = read(change.entry.id);
        const slug = found === null ? null : nameOf(found);
        if (found === null || (kept.size >= mostConnectors && !kept.has(change.entry.id))) return;
        if (slug === null) reconcile().catch(onFault);
        else tell({ type: 'connector', connector: keep(found, slug) });
      }
    }),
    agents.onChange((row) => {
      if (isSamePlace({ tenantId: row.tenant_id, mode: row.mode }, place)) reconcile().catch(onFault);
    }),
  ];

  return {
    count: () => ids().length,
    async prepare() {
      if (ids().length !== kept.size) await reconcile();
    },
    // In an order that does not change with who came when: lists are kept by those who read them.
    list: () =>
      [...kept.values()].map(({ connector }) => connector).sort((left, right) => (left.slug < right.slug ? 1 : -1)),
    get(connectorId) {
      const known = kept.get(connectorId);
      if (known === undefined || (links.link(known.agentId) !== null) === known.isLinked) {
        return known?.connector ?? null;
      }
      const found = read(connectorId);
      return found === null ? null : keep(found, known.connector.slug);
    },
    subscribe(listener) {
      const own = (event: SourceEvent) => listener(event);
      listeners.add(own);
      return () => void listeners.delete(own);
    },
    close() {
      for (const stop of stopFollowing) stop();
      listeners.clear();
    },
  };
}

/** Whoever looks at a place itself. What a caller may is asked where it asks. */
export function readerOf(place: Place): Principal {
  return {
    id: 'hub',
    kind: 'hub',
    name: 'hub',
    scopes: new Set(['connectors:read', 'tools:read']),
    local: false,
    connectors: null,
    tools: null,
    ended: new AbortController().signal,
    partition: { ...place, agentId: null },
  };
}

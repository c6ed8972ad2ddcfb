import { z } from 'zod';
import type { JsonObject } from '../../drivers/kit/index.ts';
import type { AgentFrame } from '../../main/api/link/index.ts';
import {
  type ConnectorObject,
  connectorSchema,
  type DeviceObject,
  deviceSchema,
  type ListingObject,
  listingSchema,
  type ToolObject,
  toolSchema,
} from '../../main/api/schemas/index.ts';
import { type Database, jsonColumn } from '../../main/store/index.ts';

type ItemFrame = Extract<AgentFrame, { type: 'item' }>;
type ItemRef = Pick<ItemFrame, 'kind' | 'id'>;

const connectorBody = z.object({ connector: connectorSchema, tools: z.array(toolSchema) });
const deviceBody = z.object({ device: deviceSchema });
const listingBody = z.object({ listing: listingSchema });

/** A connector as its agent showed it last. */
export interface ProjectedConnector {
  readonly agentId: string;
  readonly connector: ConnectorObject;
  readonly tools: readonly ToolObject[];
}

/** What changed, for those who follow. */
export type ProjectionChange =
  | { readonly type: 'connector'; readonly agentId: string; readonly connector: ConnectorObject }
  | { readonly type: 'connector_removed'; readonly agentId: string; readonly connectorId: string }
  | { readonly type: 'device'; readonly agentId: string; readonly device: DeviceObject }
  | { readonly type: 'device_removed'; readonly agentId: string; readonly deviceId: string };

/** What agents told of themselves. The agent is the truth: all of it may be asked for anew. */
export interface Projections {
  /** What of an agent's inventory is not known here as it is there; what is not in it is dropped. */
  reconcile(agentId: string, inventory: Extract<AgentFrame, { type: 'inventory' }>['items']): readonly ItemRef[];
  /** False when the body is none that this hub understands. */
  put(agentId: string, item: ItemFrame): boolean;
  drop(agentId: string, item: ItemRef): void;
  /** All of a revoked agent. */
  forget(agentId: string): void;
  connectorsOf(agentId: string): readonly ProjectedConnector[];
  connector(connectorId: string): ProjectedConnector | null;
  devicesOf(agentId: string): readonly DeviceObject[];
  device(deviceId: string): { readonly agentId: string; readonly device: DeviceObject } | null;
  listingsOf(agentId: string): readonly ListingObject[];
  subscribe(listener: (change: ProjectionChange) => void): () => void;
}

interface OfAgent {
  readonly digests: Map<string, string>;
  readonly connectors: Map<string, ProjectedConnector>;
  readonly devices: Map<string, DeviceObject>;
  readonly listings: Map<string, ListingObject>;
}

/** Reads what is kept and follows what agents say. */
export function createProjections(database: Database, onFault: (error: unknown) => void): Projections {
  const agents = new Map<string, OfAgent>();
  const owners = new Map<string, string>();
  const listeners = new Set<(change: ProjectionChange) => void>();
  const tell = (change: ProjectionChange) => {
    for (const listener of [...listeners]) listener(change);
  };
  const of = (agentId: string): OfAgent => {
    const known = agents.get(agentId);
    if (known !== undefined) return known;
    const made = { digests: new Map(), connectors: new Map(), devices: new Map(), listings: new Map() };
    agents.set(agentId, made);
    return made;
  };
  const write = (sql: string, parameters: Readonly<Record<string, string>>) => {
    database.write([{ sql, parameters }], { mayForget: true }).catch(onFault);
  };
  /** An id that another agent told first stays that one's: ids are 128 bits, so the second is copied. */
  const own = (agentId: string, { kind, id }: ItemRef): boolean => {
    if (kind === 'listing') return true;
    const owner = owners.get(id);
    if (owner !== undefined && owner !== agentId) return false;
    owners.set(id, agentId);
    return true;
  };

  const take = (agentId: string, { kind, id, digest }: Omit<ItemFrame, 'body' | 'type'>, body: JsonObject): boolean => {
    const place = of(agentId);
    if (kind === 'connector') {
      const parsed = connectorBody.safeParse(body);
      if (!parsed.success || parsed.data.connector.id !== id || !own(agentId, { kind, id })) return false;
      place.connectors.set(id, { agentId, ...parsed.data });
      tell({ type: 'connector', agentId, connector: parsed.data.connector });
    } else if (kind === 'device') {
      const parsed = deviceBody.safeParse(body);
      if (!parsed.success || parsed.data.device.id !== id || !own(agentId, { kind, id })) return false;
      place.devices.set(id, parsed.data.device);
      tell({ type: 'device', agentId, device: parsed.data.device });
    } else {
      const parsed = listingBody.safeParse(body);
      if (!parsed.success || parsed.data.listing.id !== id) return false;
      place.listings.set(id, parsed.data.listing);
    }
    place.digests.set(`${kind}/${id}`, digest);
    return true;
  };
  const remove = (agentId: string, { kind, id }: ItemRef) => {
    const place = of(agentId);
    if (!place.digests.delete(`${kind}/${id}`)) return;
    if (kind !== 'listing') owners.delete(id);
    if (kind === 'connector' && place.connectors.delete(id))
      tell({ type: 'connector_removed', agentId, connectorId: id });
    if (kind === 'device' && place.devices.delete(id)) tell({ type: 'device_removed', agentId, deviceId: id });
    if (kind === 'listing') place.listings.delete(id);
  };

  const rowSchema = z.object({
    agent_id: z.string(),
    kind: z.enum(['connector', 'device', 'listing']),
    id: z.string(),
    digest: z.string(),
    body: jsonColumn(z.record(z.string(), z.json())),
  });
  for (const { agent_id, kind, id, digest, body } of database.read(rowSchema, 'SELECT * FROM projections')) {
    take(agent_id, { kind, id, digest }, body);
  }

  return {
    reconcile(agentId, inventory) {
      const place = of(agentId);
      const told = new Set(inventory.map(({ kind, id }) => `${kind}/${id}`));
      for (const known of [...place.digests.keys()]) {
        if (told.has(known)) continue;
        const [kind = '', id = ''] = known.split('/');
        if (kind === 'connector' || kind === 'device' || kind === 'listing') {
          remove(agentId, { kind, id });
          write('DELETE FROM projections WHERE agent_id = :agentId AND kind = :kind AND id = :id', {
            agentId,
            kind,
            id,
          });
        }
      }
      return inventory
        .filter(({ kind, id, digest }) => place.digests.get(`${kind}/${id}`) !== digest)
        .map(({ kind, id }) => ({ kind, id }));
    },
    put(agentId, { kind, id, digest, body }) {
      if (!take(agentId, { kind, id, digest }, body)) return false;
      write(
        `INSERT OR REPLACE INTO projections (agent_id, kind, id, digest, body) VALUES (:agentId, :kind, :id, :digest, :body)`,
        { agentId, kind, id, digest, body: JSON.stringify(body) },
      );
      return true;
    },
    drop(agentId, { kind, id }) {
      remove(agentId, { kind, id });
      write('DELETE FROM projections WHERE agent_id = :agentId AND kind = :kind AND id = :id', { agentId, kind, id });
    },
    forget(agentId) {
      for (const known of [...of(agentId).digests.keys()]) {
        const [kind = '', id = ''] = known.split('/');
        if (kind === 'connector' || kind === 'device' || kind === 'listing') remove(agentId, { kind, id });
      }
      agents.delete(agentId);
    },
    connectorsOf: (agentId) => [...of(agentId).connectors.values()],
    connector: (id) => agents.get(owners.get(id) ?? '')?.connectors.get(id) ?? null,
    devicesOf: (agentId) => [...of(agentId).devices.values()],
    device(id) {
      const agentId = owners.get(id) ?? '';
      const device = agents.get(agentId)?.devices.get(id);
      return device === undefined ? null : { agentId, device };
    },
    listingsOf: (agentId) => [...of(agentId).listings.values()],
    subscribe(listener) {
      const own = (change: ProjectionChange) => listener(change);
      listeners.add(own);
      return () => void listeners.delete(own);
    },
  };
}

import type { Principal } from '../../main/api/index.ts';
import type { ConnectorObject, DeviceObject } from '../../main/api/schemas/index.ts';
import type { ProjectedConnector, Projections } from '../agents/projections.ts';
import type { AgentRegistry, AgentRow } from '../agents/registry.ts';
import type { LinkServer } from '../link/link-server.ts';
import { noSuch, placeOf } from '../partition.ts';

/** A connector in sight, with the agent it is at. */
export interface Found extends ProjectedConnector {
  readonly agent: AgentRow;
  /** As the hub shows it. */
  readonly shown: ConnectorObject;
}

/** What of the agents' projections a principal sees, as the hub shows it. */
export interface View {
  agents(principal: Principal): readonly AgentRow[];
  connectors(principal: Principal): readonly Found[];
  /** Throws `not_found`. */
  connector(principal: Principal, connectorId: string): Found;
  devices(principal: Principal): readonly DeviceObject[];
  /** Throws `not_found`. */
  device(principal: Principal, deviceId: string): { readonly agent: AgentRow; readonly device: DeviceObject };
  /** As {@link View.connector}'s `shown`; null when it is out of sight. */
  show(principal: Principal, connectorId: string): ConnectorObject | null;
}

/** Makes {@link View}. */
export function createView(parts: {
  readonly agents: AgentRegistry;
  readonly projections: Projections;
  readonly links: LinkServer;
}): View {
  const { agents, projections, links } = parts;
  const active = (principal: Principal) =>
    agents.list(placeOf(principal)).filter((agent) => agent.revoked_at === null && agent.grants.read);

  const connectors = (principal: Principal): readonly Found[] => {
    const { mode } = placeOf(principal);
    const all = active(principal).flatMap((agent) =>
      projections
        .connectorsOf(agent.id)
        // Simulated devices never reach a live key.
        .filter(({ connector }) => mode === 'test' || !connector.simulated)
        .map((projected) => ({ ...projected, agent })),
    );
    const names = Map.groupBy(all, ({ connector }) => connector.name);
    return all
      .map((found) => {
        const { connector, agent } = found;
        const clash = (names.get(connector.name)?.length ?? 0) > 1;
        const name = clash ? `${connector.name}@${agent.name}` : connector.name;
        return { ...found, shown: present({ ...connector, name }, agent, links.link(agent.id) !== null) };
      })
      .sort((left, right) => compare(right.connector.created_at, left.connector.created_at));
  };

  return {
    agents: active,
    connectors,
    connector(principal, connectorId) {
      const found = connectors(principal).find(({ connector }) => connector.id === connectorId);
      if (found === undefined) throw noSuch('connector', connectorId);
      return found;
    },
    devices: (principal) => active(principal).flatMap((agent) => projections.devicesOf(agent.id)),
    device(principal, deviceId) {
      const found = projections.device(deviceId);
      const agent = active(principal).find(({ id }) => id === found?.agentId);
      if (found === null || agent === undefined) throw noSuch('device', deviceId);
      return { agent, device: found.device };
    },
    show: (principal, connectorId) =>
      connectors(principal).find(({ connector }) => connector.id === connectorId)?.shown ?? null,
  };
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

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

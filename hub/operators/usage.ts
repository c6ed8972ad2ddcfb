import { AgentError } from '../../drivers/kit/index.ts';
import type { ConnectorSummary } from '../../main/api/schemas/index.ts';
import type { Projections } from '../agents/projections.ts';
import type { AgentRow } from '../agents/registry.ts';
import type { View } from '../backend/view.ts';
import type { Clock } from '../clock.ts';
import type { Place } from '../partition.ts';
import type { Operators } from './operators.ts';

/** A connector that may be uninstalled stands in for no other so long, or until it is gone. */
const LEAVING_MS = 60_000;

type InSight = Pick<ConnectorSummary, 'id' | 'name' | 'status' | 'capabilities'>;

/** Which connectors operators depend on. */
export interface Usage {
  /**
   * Lets a connector go: from now on it stands in for none. Throws `connector_in_use`, `details` {capabilities, operators}, when an active
   * operator needs a capability that would be gone with it. Another one stands in when it is `connected`; one that does not work, only
   * for one that does not work either.
   */
  letGo(place: Place, connector: InSight): void;
  /** It stays after all. */
  keep(connectorId: string): void;
  /** The same for a machine that asks before it uninstalls; what this hub does not show, nobody here depends on. */
  letGoAt(agent: AgentRow, connectorId: string): void;
}

/** Makes {@link Usage}. */
export function createUsage(parts: {
  readonly operators: Pick<Operators, 'list'>;
  readonly view: Pick<View, 'find' | 'having'>;
  readonly projections: Pick<Projections, 'subscribe'>;
  readonly clock: Clock;
}): Usage {
  const { operators, view, projections, clock } = parts;
  const leaving = new Map<string, () => void>();
  const keep = (connectorId: string) => {
    leaving.get(connectorId)?.();
    leaving.delete(connectorId);
  };
  projections.subscribe((change) => {
    if (change.type === 'connector_removed') keep(change.before.id);
  });

  const letGo = (place: Place, { id, status, capabilities: own }: InSight) => {
    const works = status === 'connected';
    const others = (capability: string) => view.having(place, capability).filter((other) => other.id !== id);
    const standsIn = (other: Pick<InSight, 'id' | 'status'>) =>
      !leaving.has(other.id) && (!works || other.status === 'connected');
    const active = operators.list(place).filter((operator) => operator.status === 'active');
    const needed = own.filter((name) => active.some(({ capabilities }) => capabilities.includes(name)));
    const alone = needed.filter((name) => !others(name).some(standsIn));
    if (alone.length > 0) {
      const dependents = active.filter(({ capabilities }) => capabilities.some((name) => alone.includes(name)));
      const broken = new Set(alone.flatMap((name) => others(name)).map(({ name }) => name));
      throw inUse(
        id,
        alone,
        dependents.map((operator) => operator.id),
        [...broken],
      );
    }
    keep(id);
    leaving.set(
      id,
      clock.after(LEAVING_MS, () => leaving.delete(id)),
    );
  };
  return {
    letGo,
    keep,
    letGoAt(agent, connectorId) {
      const place: Place = { tenantId: agent.tenant_id, mode: agent.mode };
      const found = view.find(place, connectorId);
      if (found?.agent.id === agent.id) letGo(place, found.shown);
    },
  };
}

function inUse(
  connectorId: string,
  capabilities: readonly string[],
  operators: readonly string[],
  broken: readonly string[],
): AgentError {
  const one = capabilities.length === 1;
  return new AgentError(
    'connector_in_use',
    `${capabilities.join(', ')} ${one ? 'is' : 'are'} fulfilled only by ${connectorId}; operators ${operators.join(', ')} depend on ${one ? 'it' : 'them'}.`,
    {
      hint:
        broken.length === 0
          ? 'Pause the operators at the hub, or install another connector with the same capabilities first.'
          : `Pause the operators at the hub, or mend ${broken.join(', ')}, which would do but is not connected.`,
      details: { capabilities: [...capabilities], operators: [...operators] },
    },
  );
}

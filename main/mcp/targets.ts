import { AgentError } from '../../drivers/kit/index.ts';
import type { Principal } from '../api/index.ts';

import type { McpSource, ShownConnector } from './source.ts';
import { aggregatedToolset, connectorToolset, type Toolset } from './toolset.ts';

/** What a URL names. */
export interface Target {
  /** Null for all connectors. */
  readonly connectorId: string | null;
  /** For people. */
  readonly title: string;
  readonly toolset: Toolset;
}

/** Finds targets; keeps their tools until the connector changes. */
export interface Targets {
  /** Null when there is no such connector, or it lies outside the token's limits. A null id is all connectors. */
  find(connectorId: string | null, principal: Principal): Target | null;
  close(): void;
}

interface Kept extends Target {
  readonly tools: ShownConnector['tools'];
  readonly slug: string;
}

/** Makes {@link Targets} over the service. */
export function createTargets(service: Pick<McpSource, 'get' | 'list' | 'subscribe'>): Targets {
  const single = new Map<string, Kept>();
  let all: Target | null = null;
  const unsubscribe = service.subscribe((event) => {
    if (event.type === 'connector_removed') single.delete(event.connector_id);
    if (event.type === 'connector' || event.type === 'connector_removed' || event.type === 'gap') all = null;
  });

  const findOne = (connectorId: string): Target | null => {
    const connector = find(service, connectorId);
    if (connector === null) return null;
    const kept = single.get(connectorId);
    if (kept?.tools === connector.tools && kept.title === connector.name) return kept;
    const { tools, slug, name: title } = connector;
    const made: Kept = { connectorId, title, tools, slug, toolset: connectorToolset(connector) };
    single.set(connectorId, made);
    return made;
  };

  return {
    find(connectorId, principal) {
      if (connectorId !== null) {
        return principal.connectors?.has(connectorId) === false ? null : findOne(connectorId);
      }
      all ??= { connectorId: null, title: 'Fibric Edge', toolset: aggregatedToolset([...service.list()].reverse()) };
      return all;
    },
    close: unsubscribe,
  };
}

function find(service: Pick<McpSource, 'get'>, connectorId: string): ShownConnector | null {
  try {
    return service.get(connectorId);
  } catch (error) {
    if (AgentError.is(error, 'not_found')) return null;
    throw error;
  }
}

import { InMemoryServerEventBus, type ServerEvent } from '@modelcontextprotocol/server';
import type { ConnectorService, ServiceEvent } from '../connectors/index.ts';
import { formatResource } from './resource-address.ts';

/** A resource that changes faster is told of this often; a notification carries no value, so that none is lost. */
const RESOURCE_INTERVAL_MS = 100;

/** What happened to a connector, as the subscribers of MCP are told. */
export interface ChangeFeed {
  /** The bus of one endpoint: of one connector, or (null) of all. */
  bus(connectorId: string | null): InMemoryServerEventBus;
  /** Forgets the bus of a connector that is gone. */
  drop(connectorId: string): void;
  close(): void;
}

/** Turns the service's events into MCP's. `onRemoved` is told of connectors that are gone, after their subscribers. */
export function createChangeFeed(
  service: Pick<ConnectorService, 'subscribe' | 'list'>,
  onRemoved: (connectorId: string) => void,
): ChangeFeed {
  const buses = new Map<string | null, InMemoryServerEventBus>();
  const timers = new Map<string, { readonly timer: NodeJS.Timeout; again: boolean }>();
  const known = new Map(service.list().map((connector) => [connector.id, shapeOf(connector.tools, connector.name)]));

  const publish = (connectorId: string, event: ServerEvent) => {
    buses.get(connectorId)?.publish(event);
    buses.get(null)?.publish(event);
  };
  const publishLists = (connectorId: string) => {
    publish(connectorId, { kind: 'tools_list_changed' });
    publish(connectorId, { kind: 'resources_list_changed' });
  };
  const publishResource = (connectorId: string, uri: string) => {
    const waiting = timers.get(uri);
    if (waiting !== undefined) {
      waiting.again = true;
      return;
    }
    publish(connectorId, { kind: 'resource_updated', uri });
    const timer = setTimeout(() => {
      const { again } = timers.get(uri) ?? { again: false };
      timers.delete(uri);
      if (again) publishResource(connectorId, uri);
    }, RESOURCE_INTERVAL_MS);
    timer.unref();
    timers.set(uri, { timer, again: false });
  };

  const listen = (event: ServiceEvent) => {
    switch (event.type) {
      case 'reading': {
        if (buses.size === 0) return;
        const { connector_id: connectorId, tool: capability } = event.reading;
        publishResource(connectorId, formatResource({ kind: 'reading', connectorId, capability }));
        return;
      }
      case 'connector': {
        const { id, tools, name } = event.connector;
        const shape = shapeOf(tools, name);
        if (known.get(id) !== shape) publishLists(id);
        known.set(id, shape);
        publishResource(id, formatResource({ kind: 'health', connectorId: id }));
        return;
      }
      case 'connector_removed':
        known.delete(event.connector_id);
        publishLists(event.connector_id);
        onRemoved(event.connector_id);
        return;
      case 'gap':
        // Nobody knows what was lost: whoever keeps a list looks again.
        for (const bus of buses.values()) bus.publish({ kind: 'tools_list_changed' });
        for (const bus of buses.values()) bus.publish({ kind: 'resources_list_changed' });
        return;
      default:
    }
  };
  const unsubscribe = service.subscribe(listen);

  return {
    bus(connectorId) {
      const existing = buses.get(connectorId);
      if (existing !== undefined) return existing;
      const bus = new InMemoryServerEventBus();
      buses.set(connectorId, bus);
      return bus;
    },
    drop: (connectorId) => void buses.delete(connectorId),
    close() {
      unsubscribe();
      for (const { timer } of timers.values()) clearTimeout(timer);
      timers.clear();
      buses.clear();
    },
  };
}

/** What a list of tools or resources shows of a connector, so that a change of health is no change of lists. */
function shapeOf(
  tools: readonly { readonly capability: string; readonly description: string }[],
  name: string,
): string {
  return JSON.stringify([name, tools]);
}

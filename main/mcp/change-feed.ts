import type { ServerEvent, ServerEventBus } from '@modelcontextprotocol/server';
import { AgentError } from '../../drivers/kit/index.ts';
import type { Policy } from '../connectors/index.ts';
import { formatResource } from './resource-address.ts';
import type { McpSource, ShownConnector, SourceEvent } from './source.ts';

/** A resource that changes faster is told of this often; a notification carries no value, so that none is lost. */
const RESOURCE_INTERVAL_MS = 100;

/** Whether somebody is told of what happens to this connector. */
export type Interest = (connectorId: string) => boolean;

/** What happened to connectors, as the subscribers of MCP are told. */
export interface ChangeFeed {
  /** Hears what concerns these connectors; returns what ends that. */
  subscribe(interest: Interest, listener: (event: ServerEvent) => void): () => void;
  /** The same as a bus of the SDK, to which only the feed publishes. */
  bus(interest: Interest): ServerEventBus;
  close(): void;
}

const listChanges = ['tools_list_changed', 'resources_list_changed', 'prompts_list_changed'] as const;

/** Turns the service's events into MCP's. `onRemoved` is told of connectors that are gone, after their subscribers. */
export function createChangeFeed(
  service: Pick<McpSource, 'subscribe' | 'list' | 'policy'>,
  onRemoved: (connectorId: string) => void,
): ChangeFeed {
  const interests = new Map<(event: ServerEvent) => void, Interest>();
  const timers = new Map<string, { readonly timer: NodeJS.Timeout; again: boolean }>();
  const known = new Map<string, Listed>();
  for (const connector of service.list()) {
    const listed = listedOf(connector, service);
    if (listed !== null) known.set(connector.id, listed);
  }

  const publish = (connectorId: string | null, event: ServerEvent) => {
    for (const [listener, interest] of [...interests]) {
      if (connectorId === null || interest(connectorId)) listener(event);
    }
  };
  const publishLists = (connectorId: string | null) => {
    for (const kind of listChanges) publish(connectorId, { kind });
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

  const listen = (event: SourceEvent) => {
    switch (event.type) {
      case 'reading': {
        if (interests.size === 0) return;
        const { connector_id: connectorId, tool: capability } = event.reading;
        publishResource(connectorId, formatResource({ kind: 'reading', connectorId, capability }));
        return;
      }
      case 'connector': {
        const { connector } = event;
        const listed = listedOf(connector, service);
        if (listed === null) return;
        const before = known.get(connector.id);
        known.set(connector.id, listed);
        if (before === undefined || !sameListed(before, listed)) publishLists(connector.id);
        publishResource(connector.id, formatResource({ kind: 'health', connectorId: connector.id }));
        return;
      }
      case 'connector_removed':
        known.delete(event.connector_id);
        publishLists(event.connector_id);
        onRemoved(event.connector_id);
        return;
      case 'gap':
        // Nobody knows what was lost: whoever keeps a list looks again.
        publishLists(null);
        return;
      default:
    }
  };
  const unsubscribe = service.subscribe(listen);

  const subscribe: ChangeFeed['subscribe'] = (interest, listener) => {
    // One entry for each subscription, even of one function.
    const own = (event: ServerEvent) => listener(event);
    interests.set(own, interest);
    return () => void interests.delete(own);
  };
  return {
    subscribe,
    bus: (interest) => ({
      subscribe: (listener) => subscribe(interest, listener),
      publish: () => {
        throw new TypeError('Only the service tells what changed');
      },
    }),
    close() {
      unsubscribe();
      for (const { timer } of timers.values()) clearTimeout(timer);
      timers.clear();
      interests.clear();
    },
  };
}

/** What lists show of a connector, so that a change of health is no change of lists. */
interface Listed {
  readonly name: string;
  readonly tools: ShownConnector['tools'];
  readonly policy: Policy | null;
}

/** Null when the connector is gone since: its removal is told next. */
function listedOf({ id, name, tools }: ShownConnector, service: Pick<McpSource, 'policy'>): Listed | null {
  try {
    return { name, tools, policy: service.policy(id) };
  } catch (error) {
    if (AgentError.is(error, 'not_found')) return null;
    throw error;
  }
}

function sameListed(left: Listed, right: Listed): boolean {
  return (
    left.name === right.name &&
    (left.policy === right.policy || JSON.stringify(left.policy) === JSON.stringify(right.policy)) &&
    (left.tools === right.tools || JSON.stringify(left.tools) === JSON.stringify(right.tools))
  );
}

import { createMcpHandler, type McpHttpHandler, type McpServerFactory } from '@modelcontextprotocol/server';
import type { Principal } from '../api/index.ts';
import type { ChangeFeed } from './change-feed.ts';
import { interestOf } from './interest.ts';

/** The SDK's handlers of requests that stand alone, each with its own listeners. */
export interface Handlers {
  /** For one connector, or (null) for all of them as far as this principal sees. */
  for(connectorId: string | null, principal: Principal): McpHttpHandler;
  /** Ends the listeners of a connector that is gone, each with its result. */
  closeOf(connectorId: string): void;
  close(): Promise<void>;
}

/** Makes {@link Handlers}; one handler is made for each address when first needed, and kept. */
export function createHandlers(parts: {
  readonly factory: McpServerFactory;
  readonly feed: ChangeFeed;
  readonly onFault: (error: unknown) => void;
}): Handlers {
  const { factory, feed, onFault } = parts;
  const handlers = new Map<string, McpHttpHandler>();

  const drop = (key: string) => {
    const handler = handlers.get(key);
    handlers.delete(key);
    handler?.close().catch(onFault);
  };

  return {
    for(connectorId, principal) {
      // Whom a token's limits keep from some connectors must not even hear that they changed.
      const own = connectorId === null && principal.connectors !== null;
      const key = connectorId ?? (own ? `all/${principal.id}` : 'all');
      const existing = handlers.get(key);
      if (existing !== undefined) return existing;
      const handler = createMcpHandler(factory, { bus: feed.bus(interestOf(connectorId, own ? principal : anybody)) });
      handlers.set(key, handler);
      if (own) principal.ended.addEventListener('abort', () => drop(key), { once: true });
      return handler;
    },
    closeOf: drop,
    async close() {
      await Promise.all([...handlers.values()].map((handler) => handler.close()));
      handlers.clear();
    },
  };
}

const anybody = { connectors: null } satisfies Pick<Principal, 'connectors'>;

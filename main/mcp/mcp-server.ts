import { ResourceNotFoundError, Server } from '@modelcontextprotocol/server';

import { callTool } from './call-tool.ts';
import { type Exchange, exchangeIn } from './exchange.ts';
import { getPrompt, listPrompts } from './prompts.ts';
import { listResources, listResourceTemplates, maySubscribe, readResource } from './resources.ts';
import type { McpSource } from './source.ts';
import { listFor } from './toolset.ts';

const place = {
  machine: 'Tools of real devices at this machine. ',
  hub:
    'Tools of real devices at several machines, reached through a hub. A machine may be away: its tools then say so, and ' +
    'nothing was sent. ',
} as const;
const instructions =
  'Read tools ask the device; the resources hold the last values and ask nothing. ' +
  'Side effects move matter: they may be refused by the policy of the machine, and they take an idempotency_key, with ' +
  'which asking again is safe. Where a person has to allow an action the answer is pending: ask again with the same key, ' +
  'and do not ask again for what was not allowed. When an outcome is unknown, never repeat the action with another key. ' +
  'An error names what was expected and what to do next.';

/** What a server is made from. */
export interface ServerParts {
  readonly service: McpSource;
  /** The agent's version, shown to clients. */
  readonly version: string;
  /** Of a hub nobody can subscribe to a resource: readings are told to who is at the machine. */
  readonly isHub: boolean;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** For whom a server is made. */
export interface Audience {
  /** The request it is made for; the first one of a session. */
  readonly exchange: Exchange;
  /**
   * The addresses that a session subscribed to, kept by the server; null where each request stands alone and changes are
   * listened for instead.
   */
  readonly subscriptions: Set<string> | null;
}

// None of our handlers asks the client anything, so that there is nothing to validate.
const jsonSchemaValidator = {
  getValidator: () => {
    throw new TypeError('This server does not validate what clients are asked for');
  },
};

/** Lists change seldom, and are told of when they do. Values and health are never to be kept. */
const LIST_TTL_MS = 30_000;
const listHint = { ttlMs: LIST_TTL_MS, cacheScope: 'private' } as const;
const cacheHints = {
  'tools/list': listHint,
  'prompts/list': listHint,
  'resources/list': listHint,
  'resources/templates/list': listHint,
  'server/discover': listHint,
} as const;

/** A low-level server, for one request or one session. What it lists is made elsewhere and kept; making it is cheap. */
export function createServer(
  { service, version, isHub, now }: ServerParts,
  { exchange, subscriptions }: Audience,
): Server {
  const readable = exchange.principal.scopes.has('tools:read');
  const server = new Server(
    { name: 'fibric-edge', title: exchange.title, version },
    {
      capabilities: {
        tools: { listChanged: true },
        prompts: { listChanged: true },
        ...(readable ? { resources: { listChanged: true, ...(isHub ? {} : { subscribe: true }) } } : {}),
      },
      instructions: place[isHub ? 'hub' : 'machine'] + instructions,
      jsonSchemaValidator,
      cacheHints,
    },
  );
  server.setRequestHandler('tools/list', (_request, context) => {
    const { toolset, principal } = exchangeIn(context);
    return { tools: listFor(toolset, principal, service) };
  });
  server.setRequestHandler('tools/call', (request, context) =>
    callTool(service, exchangeIn(context), request, context),
  );
  server.setRequestHandler('prompts/list', (_request, context) => ({
    prompts: listPrompts(exchangeIn(context)),
  }));
  server.setRequestHandler('prompts/get', ({ params }, context) => getPrompt(params, exchangeIn(context), service));
  if (!readable) return server;

  server.setRequestHandler('resources/list', (_request, context) => {
    const { toolset, principal } = exchangeIn(context);
    return { resources: listResources(toolset, principal, service) };
  });
  server.setRequestHandler('resources/templates/list', (_request, context) => {
    const { toolset, principal } = exchangeIn(context);
    return { resourceTemplates: listResourceTemplates(toolset, principal, service) };
  });
  server.setRequestHandler('resources/read', ({ params }, context) => {
    const { toolset, principal } = exchangeIn(context);
    return readResource(params.uri, toolset, principal, service, now());
  });
  if (subscriptions !== null && !isHub) {
    server.setRequestHandler('resources/subscribe', ({ params: { uri } }, context) => {
      const { toolset, principal } = exchangeIn(context);
      if (!maySubscribe(uri, toolset, principal)) {
        throw new ResourceNotFoundError(uri, `There is no resource ${uri} here. List the resources to see them.`);
      }
      subscriptions.add(uri);
      return {};
    });
    server.setRequestHandler('resources/unsubscribe', ({ params: { uri } }) => {
      subscriptions.delete(uri);
      return {};
    });
  }
  return server;
}

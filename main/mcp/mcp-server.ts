import { type McpRequestContext, Server } from '@modelcontextprotocol/server';
import type { ConnectorService } from '../connectors/index.ts';
import { callTool } from './call-tool.ts';
import type { Exchange } from './exchange.ts';
import { listResources, readResource } from './resources.ts';
import { listFor } from './toolset.ts';

const instructions =
  'Tools of real devices at this machine. Read tools ask the device; the resources hold the last values and ask nothing. ' +
  'Side effects move matter: they may be refused by the policy of the machine, and they take an idempotency_key, with ' +
  'which asking again is safe. When an outcome is unknown, never repeat the action with another key.';

/** What a server is made from. */
export interface ServerParts {
  readonly service: ConnectorService;
  readonly version: string;
  readonly now: () => number;
}

// None of our handlers asks the client anything, so that there is nothing to validate.
const jsonSchemaValidator = {
  getValidator: () => {
    throw new TypeError('This server does not validate what clients are asked for');
  },
};

/** A low-level server for one request. What it lists is made elsewhere and kept; making it is cheap. */
export function createServer(
  { service, version, now }: ServerParts,
  era: McpRequestContext['era'],
  exchange: Exchange,
): Server {
  const { principal, toolset } = exchange;
  const readable = principal.scopes.has('tools:read');
  // Clients of the 2025 era are served without a session, so that nothing can be pushed to them.
  const pushes = era === 'modern';
  const server = new Server(
    { name: 'fibric-edge', title: exchange.title, version },
    {
      capabilities: {
        tools: pushes ? { listChanged: true } : {},
        ...(readable ? { resources: pushes ? { listChanged: true, subscribe: true } : {} } : {}),
      },
      instructions,
      jsonSchemaValidator,
    },
  );
  server.setRequestHandler('tools/list', () => ({ tools: listFor(toolset, principal, service) }));
  server.setRequestHandler('tools/call', (request, context) => callTool(service, exchange, request, context));
  if (readable) {
    server.setRequestHandler('resources/list', () => ({ resources: listResources(toolset, principal, service) }));
    server.setRequestHandler('resources/templates/list', () => ({ resourceTemplates: [] }));
    server.setRequestHandler('resources/read', ({ params }) =>
      readResource(params.uri, toolset, principal, service, now()),
    );
  }
  return server;
}

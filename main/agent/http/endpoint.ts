import { once } from 'node:events';
import { chmodSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { AgentError } from '../../../drivers/kit/index.ts';
import { localAdmin, localReader, type Tokens, type WindowSessions } from '../../access/index.ts';
import { type ApiRouterOptions, createApiRouter, createHostOriginGuard } from '../../api/index.ts';
import type { ConnectorService } from '../../connectors/index.ts';
import type { McpEndpoint, McpEndpointOptions } from '../../mcp/index.ts';
import { authenticateRequest } from './authenticate.ts';
import { createMcpDoor } from './mcp-door.ts';
import { createSignIn } from './sign-in.ts';
import { createWindowFiles } from './window-files.ts';

// An import of node:http evaluates all its exports, WebSocket among them, and with it the whole of undici: 6 MB here.
const { createServer } = process.getBuiltinModule('node:http');

/** Longest path of a Unix socket that every system takes (contract section 5). */
const LONGEST_SOCKET_PATH = 100;

/** What the endpoint serves. */
export interface EndpointOptions {
  readonly service: ConnectorService;
  readonly tokens: Tokens;
  readonly windows: WindowSessions;
  readonly api: Pick<ApiRouterOptions, 'backend' | 'idempotency' | 'hmacKey' | 'rateLimitPerMinute' | 'onFault'>;
  readonly version: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly socketPath: string;
  /** Whether the agent's group may use the local socket. */
  readonly forGroup?: boolean;
  /** How MCP is served, where it is not as usual; for tests. */
  readonly mcp?: Pick<McpEndpointOptions, 'createServer'>;
}

/** The agent's two doors: HTTP on loopback, and the local socket for the command line. */
export interface Endpoint {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  /** MCP for what a hub relays. */
  readonly relayMcp: McpEndpoint['relay'];
  close(): Promise<void>;
}

/** Opens both doors; resolves when both answer. Rejects with `already_running` when the port is taken. */
export async function openEndpoint(options: EndpointOptions): Promise<Endpoint> {
  const { service, tokens, windows, api, version } = options;
  if (Buffer.byteLength(options.socketPath) > LONGEST_SOCKET_PATH) {
    throw new AgentError('invalid_configuration', `The path of the local socket is too long: ${options.socketPath}.`, {
      hint: `Choose a data folder with a path under ${LONGEST_SOCKET_PATH - 15} bytes: --data DIR`,
    });
  }
  let port = options.port;
  const guard = createHostOriginGuard({ port: () => port });
  const authenticate: ApiRouterOptions['authenticate'] = (request) => authenticateRequest(request, { tokens, windows });
  const mcp = createMcpDoor({ service, version, onFault: (error) => api.onFault?.(error, 'mcp'), ...options.mcp });

  const loopback = express();
  loopback.disable('x-powered-by');
  loopback.use('/v1', createApiRouter({ ...api, authenticate, guard }));
  loopback.all(['/mcp', '/mcp/:connectorId'], guard, (request, response) =>
    mcp.handle(request, response, authenticate),
  );
  loopback.use(createSignIn(windows, () => port));
  loopback.use(guard, createWindowFiles());
  loopback.use((_request, response) => response.status(404).type('text/plain').send('Not here.\n'));

  const admin = localAdmin();
  const local = express();
  local.disable('x-powered-by');
  local.use('/v1', createApiRouter({ ...api, authenticate: () => admin }));
  local.all(['/mcp', '/mcp/:connectorId'], (request, response) =>
    mcp.handle(request, response, () => (request.headers['fibric-edge-read-only'] === 'true' ? localReader() : admin)),
  );

  const http = createServer(loopback);
  const socket = createServer(local);
  rmSync(options.socketPath, { force: true });
  socket.listen(options.socketPath);
  await once(socket, 'listening');
  chmodSync(options.socketPath, options.forGroup === true ? 0o660 : 0o600);
  try {
    http.listen(options.port, '127.0.0.1');
    await once(http, 'listening');
  } catch (cause) {
    await closeServer(socket);
    throw new AgentError('already_running', `Port ${options.port} on 127.0.0.1 is taken by another program.`, {
      hint: 'Choose another with --port N, or --port 0 for a free one.',
      cause,
    });
  }
  port = (http.address() as AddressInfo).port;
  return {
    url: `http://127.0.0.1:${port}`,
    relayMcp: mcp.relay,
    async close() {
      await mcp.close();
      await Promise.all([closeServer(http), closeServer(socket)]);
    },
  };
}

async function closeServer(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}

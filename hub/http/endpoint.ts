import { once } from 'node:events';
import { chmodSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import express, { type Router } from 'express';
import { AgentError } from '../../drivers/kit/index.ts';
import { type ApiRouterOptions, createApiRouter, type Principal } from '../../main/api/index.ts';
import type { LinkServer } from '../link/link-server.ts';
import type { CertificatePair } from './certificate.ts';
import { createPageDoor, type PageDoorParts } from './page-door.ts';

/** How long TLS may take to stand. */
const HANDSHAKE_MS = 10_000;

/** What a hub's doors serve. */
export interface HubEndpointOptions {
  readonly api: Omit<ApiRouterOptions, 'authenticate' | 'guard'>;
  /** Who sends a request to the API: a key, an agent, or the hub's page. */
  readonly authenticate: (request: IncomingMessage) => Principal;
  /** As that, but for MCP, which no page speaks. */
  readonly authenticateBearer: (request: IncomingMessage) => Principal;
  readonly page: Omit<PageDoorParts, 'authenticate'>;
  readonly administrator: (request: IncomingMessage) => Principal;
  readonly relayMcp: (
    request: IncomingMessage,
    response: ServerResponse,
    authenticate: (request: IncomingMessage) => Principal,
  ) => Promise<void>;
  readonly links: LinkServer;
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly socketPath: string;
  /** What it speaks TLS with; null: it speaks HTTP. */
  readonly certificate: CertificatePair | null;
}

/** A hub's doors: HTTP, with the links, and the local socket of whoever looks after it. */
export interface HubEndpoint {
  /** `http://HOST:PORT`, or `https://` with a certificate. */
  readonly url: string;
  /** New connections get this one; those that stand go on. Without a certificate from the start there is none to replace. */
  renewCertificate(pair: CertificatePair): void;
  close(): Promise<void>;
}

/** Opens both; resolves when both answer. Rejects with `already_running` when the port is taken. */
export async function openHubEndpoint(options: HubEndpointOptions): Promise<HubEndpoint> {
  const { api, authenticate, authenticateBearer, administrator, relayMcp, links, host, socketPath, certificate } =
    options;
  const page = createPageDoor({ ...options.page, authenticate });
  const app = appOf(api, authenticate, (request, response) => relayMcp(request, response, authenticateBearer), page);
  const secure =
    certificate === null
      ? null
      : createTlsServer({ ...certificate, minVersion: 'TLSv1.2', handshakeTimeout: HANDSHAKE_MS }, app);
  const http = secure ?? createServer(app);
  const unproven = keepHandshakes(secure);
  const socket = createServer(
    appOf(api, administrator, (request, response) => relayMcp(request, response, administrator), null),
  );
  http.on('upgrade', (request, stream, head) => {
    if (!links.upgrade(request, stream, head)) stream.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n');
  });
  rmSync(socketPath, { force: true });
  socket.listen(socketPath);
  await once(socket, 'listening');
  chmodSync(socketPath, 0o600);
  try {
    http.listen(options.port, host);
    await once(http, 'listening');
  } catch (cause) {
    await closeServer(socket);
    throw new AgentError('already_running', `Port ${options.port} on ${host} is taken by another program.`, {
      hint: 'Choose another with --port N, or --port 0 for a free one.',
      cause,
    });
  }
  const { port } = http.address() as AddressInfo;
  return {
    url: `${secure === null ? 'http' : 'https'}://${host.includes(':') ? `[${host}]` : host}:${port}`,
    renewCertificate: (pair) => secure?.setSecureContext({ ...pair, minVersion: 'TLSv1.2' }),
    async close() {
      const ended = Promise.all([closeServer(http), closeServer(socket)]);
      for (const stream of unproven) stream.destroy();
      await ended;
    },
  };
}

/** Connections whose TLS does not stand yet: the server's own list has them only afterwards, and waits for them when it closes. */
function keepHandshakes(server: Server | null): ReadonlySet<Socket> {
  const open = new Set<Socket>();
  server?.on('connection', (stream: Socket) => {
    open.add(stream);
    stream.once('close', () => open.delete(stream));
  });
  return open;
}

function appOf(
  api: HubEndpointOptions['api'],
  authenticate: (request: IncomingMessage) => Principal,
  relayMcp: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
  page: Router | null,
) {
  const app = express();
  app.disable('x-powered-by');
  app.use('/v1', createApiRouter({ ...api, authenticate }));
  app.all(['/mcp', '/mcp/:connectorId'], (request, response) => relayMcp(request, response));
  if (page !== null) app.use(page);
  app.use((_request, response) => response.status(404).type('text/plain').send('Not here.\n'));
  return app;
}

async function closeServer(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}

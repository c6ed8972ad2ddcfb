import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AgentError } from '../../../drivers/kit/index.ts';
import type { Principal, Scope } from '../../api/index.ts';
import type { Clock } from '../../connectors/index.ts';
import { createMcpEndpoint } from '../endpoint.ts';
import type { ServiceDouble } from './service-double.ts';

/** A token of a test. */
export interface TestToken {
  readonly token: string;
  /** Revokes it. */
  end(): void;
}

/** A real HTTP server on loopback with the MCP endpoint in it. */
export interface McpHost {
  readonly origin: string;
  url(connectorId: string): URL;
  grant(scopes: readonly Scope[], limits?: Partial<Pick<Principal, 'connectors' | 'tools'>>): TestToken;
  close(): Promise<void>;
}

/** Starts a host over a double. `clock` is what staleness and idle sessions are told by. */
export async function startMcpHost({ service }: ServiceDouble, clock?: Clock): Promise<McpHost> {
  const principals = new Map<string, Principal>();
  const faults: unknown[] = [];
  const authenticate = (req: IncomingMessage) => {
    const principal = principals.get(/^Bearer (.+)$/.exec(req.headers.authorization ?? '')?.[1] ?? '');
    if (principal === undefined) throw new AgentError('key_invalid', 'The token is not valid.', { hint: 'Make one.' });
    return principal;
  };
  const endpoint = createMcpEndpoint({
    service,
    version: '0.1.0',
    onFault: (error) => faults.push(error),
    ...(clock === undefined ? {} : { clock }),
  });
  const server = createServer((req, res) => void endpoint.handle(req, res, authenticate));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = isAddress(address) ? address.port : 0;
  const origin = `http://127.0.0.1:${port}`;
  return {
    origin,
    url: (connectorId) => new URL(`${origin}/mcp/${connectorId}`),
    grant(scopes, limits = {}) {
      const token = `t${principals.size}`;
      const ended = new AbortController();
      principals.set(token, {
        id: `tok_${token}`,
        kind: 'token',
        name: 'test',
        scopes: new Set(scopes),
        local: false,
        connectors: null,
        tools: null,
        ended: ended.signal,
        ...limits,
      });
      return { token, end: () => ended.abort() };
    },
    async close() {
      await endpoint.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      if (faults.length > 0) throw new AggregateError(faults, 'The endpoint reported faults of its own');
    },
  };
}

function isAddress(address: AddressInfo | string | null): address is AddressInfo {
  return typeof address === 'object' && address !== null;
}

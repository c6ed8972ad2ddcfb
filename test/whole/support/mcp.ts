import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import type { AgentProcess } from './agent-process.ts';

/** A token with these scopes, made through the local socket. */
export async function makeToken(
  agent: Pick<AgentProcess, 'api'>,
  scopes: readonly string[] = ['connectors:read', 'connectors:write', 'tools:read', 'tools:act', 'journal:read'],
): Promise<string> {
  const created = await agent.api.request('POST', '/v1/tokens', { name: `test-${process.hrtime.bigint()}`, scopes });
  return String((created as { token: unknown }).token);
}

/** A current MCP client connected to one connector of the agent. */
export async function connectMcp(
  agent: Pick<AgentProcess, 'url'>,
  connectorId: string,
  token: string,
): Promise<Client> {
  const client = new Client({ name: 'edge-test', version: '1.0.0' }, { versionNegotiation: { mode: 'auto' } });
  await client.connect(
    new StreamableHTTPClientTransport(new URL(`${agent.url}/mcp/${connectorId}`), {
      requestInit: { headers: { authorization: `Bearer ${token}` } },
    }),
  );
  return client;
}

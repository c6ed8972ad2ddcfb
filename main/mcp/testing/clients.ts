import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { Client as FormerClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as FormerTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';

const information = { name: 'test', version: '1.0.0' };
const withToken = (token: string) => ({ requestInit: { headers: { Authorization: `Bearer ${token}` } } });

/** The client of the present SDK, connected. */
export async function connectClient(url: URL, token: string, mode: 'auto' | 'legacy' = 'auto'): Promise<Client> {
  const client = new Client(information, { versionNegotiation: { mode } });
  await client.connect(new StreamableHTTPClientTransport(url, withToken(token)));
  return client;
}

/** The client of the 1.x SDK, connected. */
export async function connectFormerClient(url: URL, token: string): Promise<FormerClient> {
  const client = new FormerClient(information);
  await client.connect(new FormerTransport(url, withToken(token)));
  return client;
}

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { SerialPort } from 'serialport';

/** A bare serialport on this PTY: `exchange` writes `SI` and waits for one line. */
export async function openRawPort(path: string): Promise<{ exchange(): Promise<void>; close(): Promise<void> }> {
  const port = new SerialPort({ path, baudRate: 9600, autoOpen: false });
  await new Promise<void>((resolve, reject) =>
    port.open((error) => (error === null || error === undefined ? resolve() : reject(error))),
  );
  let lineEnded: (() => void) | null = null;
  port.on('data', (chunk: Buffer) => {
    if (chunk.includes(0x0a)) lineEnded?.();
  });
  return {
    exchange: () =>
      new Promise((resolve) => {
        lineEnded = resolve;
        port.write('SI\r\n');
      }),
    close: () => new Promise((resolve) => port.close(() => resolve())),
  };
}

/** The SDK's own empty tool over its own HTTP handler, in a process of its own: the least an MCP call can cost here. */
export async function startEcho(): Promise<{ readonly url: string; close(): Promise<void> }> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'echo-server.ts')], {
    env: { ...process.env, NODE_ENV: 'production' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(child.stdout, 'data');
  return {
    url: `http://127.0.0.1:${Number(line)}/mcp`,
    async close() {
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}

/** The least that Node's HTTP can do with such a call: read JSON, answer JSON; in a process of its own. */
export async function startFloor(): Promise<{ exchange(): Promise<void>; close(): Promise<void> }> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'floor-server.ts')], {
    env: { ...process.env, NODE_ENV: 'production' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(child.stdout, 'data');
  const url = `http://127.0.0.1:${Number(line)}/`;
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'echo', arguments: {} } });
  return {
    async exchange() {
      // The client's side is the same as the SDK's: fetch, and the answer as JSON.
      const answer = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
      await answer.json();
    },
    async close() {
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}

/** An MCP client at `url`, of the current revision unless told otherwise. */
export async function connectClient(url: string, token?: string, mode: 'auto' | 'legacy' = 'auto'): Promise<Client> {
  const client = new Client({ name: 'edge-bench', version: '1.0.0' }, { versionNegotiation: { mode } });
  await client.connect(
    new StreamableHTTPClientTransport(
      new URL(url),
      token === undefined ? {} : { requestInit: { headers: { authorization: `Bearer ${token}` } } },
    ),
  );
  return client;
}

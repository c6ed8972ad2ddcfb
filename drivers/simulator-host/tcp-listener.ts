import { createServer, type Socket } from 'node:net';
import { AgentError, parseTcpAddress } from '../kit/index.ts';
import type { HostedWire } from './wire.ts';

const loopback: ReadonlySet<string> = new Set(['127.0.0.1', '::1', 'localhost']);

/**
 * Listens where `path` (`tcp://127.0.0.1:port`) says, for one connection at a time, as network printers do: a second one is
 * hung up on. Rejects with `invalid_arguments` for anything but loopback, with `port_busy` when the port is taken.
 */
export async function listenTcp(path: string, onData: (bytes: Uint8Array) => void): Promise<HostedWire> {
  const address = parseTcpAddress(path);
  if (address === null || !loopback.has(address.host)) {
    throw new AgentError('invalid_arguments', `A simulated device listens on loopback only, not at ${path}.`, {
      hint: 'Give tcp://127.0.0.1:PORT.',
    });
  }
  let current: Socket | null = null;
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    if (current !== null) {
      socket.destroy();
      return;
    }
    current = socket;
    socket.on('data', (chunk: Buffer) => onData(new Uint8Array(chunk)));
    socket.once('close', () => {
      if (current === socket) current = null;
    });
  });
  const closed = new Promise<void>((resolve) => server.once('close', resolve));
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) =>
      reject(new AgentError('port_busy', `Nothing can listen at ${path}: ${cause.message}.`, { cause })),
    );
    server.listen({ ...address, exclusive: true }, resolve);
  });
  return {
    write: (bytes) => void current?.write(bytes),
    closed,
    async close() {
      server.close();
      // A pulled cable says nothing more; the far end finds out at once only because loopback has no cable.
      current?.destroy();
      await closed;
    },
  };
}

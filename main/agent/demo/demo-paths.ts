import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { AgentError, formatTcpAddress } from '../../../drivers/kit/index.ts';
import { type DemoPaths, demoFolder } from './demo-config.ts';
import { type DemoDevice, demoDevices } from './demo-devices.table.ts';

const HOST = '127.0.0.1';

/**
 * Settles where the simulated devices of a data folder are: links to pseudo-terminals, and on loopback ports that stay the
 * same from start to start. `isRunning`: the devices still run, on the ports they have; else a port that another program
 * has taken is changed.
 */
export async function settleDemoPaths(
  dataDir: string,
  isRunning: boolean,
  devices: readonly DemoDevice[] = demoDevices,
): Promise<DemoPaths> {
  const { folder, pathOf } = demoFolder(dataDir);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const paths = new Map<string, string>();
  for (const { name, link } of devices) {
    if (link !== 'tcp') {
      paths.set(name, pathOf(name));
      continue;
    }
    const file = join(folder, `${name}.port`);
    const kept = readPort(file);
    const port = kept !== null && (isRunning || (await freePort(kept)) !== null) ? kept : await freePort(0);
    if (port === null) throw new AgentError('port_busy', 'No port is free on loopback for a simulated device.');
    writeFileSync(file, String(port), { mode: 0o600 });
    paths.set(name, formatTcpAddress({ host: HOST, port }));
  }
  return (name) => paths.get(name) ?? pathOf(name);
}

function readPort(file: string): number | null {
  try {
    const port = Number(readFileSync(file, 'utf8'));
    return Number.isInteger(port) && port > 0 && port < 65_536 ? port : null;
  } catch {
    return null;
  }
}

/** `wanted` if nobody listens there, any free port for 0; null when it is taken. */
function freePort(wanted: number): Promise<number | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(null));
    server.listen({ host: HOST, port: wanted, exclusive: true }, () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : null;
      server.close(() => resolve(port));
    });
  });
}

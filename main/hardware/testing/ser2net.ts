import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe } from 'vitest';

const READY_MS = 10_000;
const LOOK_MS = 20;
const END_MS = 2_000;

/** Why ser2net can't be the peer here; null when it can. */
const absence = ((): string | null => {
  const { error, stdout, stderr } = spawnSync('ser2net', ['-v'], { encoding: 'utf8' });
  if (error !== undefined) return 'ser2net is missing: apt-get install ser2net';
  const version = /(\d+)\.\d+/.exec(`${stdout}${stderr}`);
  return Number(version?.[1]) >= 4 ? null : `ser2net 4 is needed, this is ${version?.[0] ?? 'another'}`;
})();

/** A `describe` for what needs ser2net; where it can't be had it is skipped and says why. */
export function describeWithSer2net(name: string, define: () => void): void {
  if (absence !== null) process.stderr.write(`skipped: ${name}: ${absence}\n`);
  describe.skipIf(absence !== null)(name, define);
}

/** A running ser2net. */
export interface Ser2net {
  readonly port: number;
  /** Ends it; resolves when its process is gone. Idempotent. */
  end(): Promise<void>;
}

/** Starts ser2net in front of a serial port, for one client at a time. */
export async function startSer2net(device: string, port: number): Promise<Ser2net> {
  const folder = mkdtempSync(join(tmpdir(), 'fe-ser2net-'));
  const configuration = join(folder, 'ser2net.yaml');
  writeFileSync(
    configuration,
    [
      '%YAML 1.1',
      '---',
      'connection: &port',
      `  accepter: telnet(rfc2217),tcp,127.0.0.1,${port}`,
      // Of the speed that a scale is not at: what it is asked with has been set by the client.
      `  connector: serialdev,${device},1200n81,local`,
      '',
    ].join('\n'),
  );
  const child = spawn('ser2net', ['-n', '-c', configuration], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said += String(chunk);
  });
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  const end = async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
    // Without a single port to serve it does not heed the first.
    const timer = setTimeout(() => child.kill('SIGKILL'), END_MS);
    await exited;
    clearTimeout(timer);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const givesUpAtMs = performance.now() + READY_MS;
    // A connection would take its only place.
    while (!isListening(port)) {
      if (performance.now() > givesUpAtMs || said.includes('invalid'))
        throw new Error(`ser2net did not start: ${said}`);
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  } catch (error) {
    await end();
    throw error;
  }
  return { port, end };
}

/** Whether anything listens on this port: state 0A of proc(5), /proc/net/tcp. */
function isListening(port: number): boolean {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  return readFileSync('/proc/net/tcp', 'utf8')
    .split('\n')
    .some((line) => {
      const [, local = '', , state] = line.trim().split(/\s+/);
      return local.endsWith(`:${hex}`) && state === '0A';
    });
}

/** A port of loopback that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../kit/index.ts';
import { connectSimulatorHost } from './client.ts';
import { openSerial } from './testing/open-serial.ts';

const entry = fileURLToPath(new URL('./main.ts', import.meta.url));

/** Starts the host detached through a shell that ends at once, and gives the host's process id. */
const throughShell =
  'process.stdout.write(String(require("node:child_process").spawn(process.execPath, process.argv.slice(1), { detached: true, stdio: ["ignore", "inherit", "inherit"] }).pid) + "\\n"); process.exit()';

describe('the simulator host as a process', () => {
  let folder: string;
  let specFile: string;
  let path: string;
  let controlSocket: string;
  let child: ChildProcess | undefined;
  let detachedPid: number | undefined;

  const start = (args: readonly string[]) => {
    const started = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    child = started;
    return started;
  };
  const textUntil = (stream: NodeJS.ReadableStream | null, wanted: string) =>
    new Promise<string>((resolve, reject) => {
      let text = '';
      stream?.on('data', (chunk: Buffer) => {
        text += chunk.toString();
        if (text.includes(wanted)) resolve(text);
      });
      stream?.once('close', () => reject(new Error(`ended without ${wanted}: ${text}`)));
    });
  const exitOf = (process: ChildProcess) => new Promise<number | null>((resolve) => process.once('exit', resolve));

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'simulator-main-'));
    specFile = join(folder, 'spec.json');
    path = join(folder, 'bus');
    controlSocket = join(folder, 'control.sock');
    const options = { units: [{ address: 1, map: 'waveshare-relay-8' }] };
    const devices = [{ name: 'bus', listing: 'cn-modbus', path, options }];
    writeFileSync(specFile, JSON.stringify({ control_socket: controlSocket, devices }));
  });

  afterEach(() => {
    if (child?.exitCode === null) child.kill('SIGKILL');
    if (detachedPid !== undefined && existsSync(`/proc/${detachedPid}`)) process.kill(detachedPid, 'SIGKILL');
    detachedPid = undefined;
    rmSync(folder, { recursive: true });
  });

  it('says when it is ready, serves, and ends on SIGTERM with nothing left behind', async () => {
    const host = start([entry, '--spec', specFile]);
    const line = await textUntil(host.stdout, '\n');
    expect(JSON.parse(line)).toEqual({ ready: true, pid: host.pid, control_socket: controlSocket });

    const port = await openSerial(path);
    expect(toHex(await port.ask(fromHex('01 01 00 00 00 08 3D CC'), 6))).toBe('01 01 01 00 51 88');
    await port.close();

    const ended = exitOf(host);
    host.kill('SIGTERM');
    expect(await ended).toBe(0);
    expect(existsSync(path)).toBe(false);
    expect(existsSync(controlSocket)).toBe(false);
  });

  it('outlives who started it', async () => {
    const shell = start(['-e', throughShell, entry, '--spec', specFile]);
    const ended = exitOf(shell);
    const text = await textUntil(shell.stdout, '"ready":true');
    detachedPid = Number(text.split('\n')[0]);
    expect(await ended).toBe(0);
    expect(readFileSync(`/proc/${detachedPid}/cmdline`, 'utf8')).toContain(specFile);

    const client = await connectSimulatorHost(controlSocket);
    expect(await client.list()).toMatchObject([{ name: 'bus', plugged: true }]);
    await client.stop();
    expect(existsSync(path)).toBe(false);
  });

  it('refuses a wrong specification, naming the key', async () => {
    writeFileSync(specFile, JSON.stringify({ control_socket: controlSocket, devices: [{ name: 'bus' }] }));
    const host = start([entry, '--spec', specFile]);
    const ended = exitOf(host);
    expect(await textUntil(host.stderr, 'devices[0].listing')).toContain(specFile);
    expect(await ended).toBe(1);
  });

  it('refuses wrong options of a simulator', async () => {
    const devices = [{ name: 'bus', listing: 'cn-modbus', path, options: { units: [] } }];
    writeFileSync(specFile, JSON.stringify({ control_socket: controlSocket, devices }));
    const host = start([entry, '--spec', specFile]);
    const ended = exitOf(host);
    expect(await textUntil(host.stderr, 'units')).toBeDefined();
    expect(await ended).toBe(1);
  });
});

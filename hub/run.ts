import { randomBytes } from 'node:crypto';
import { renameSync, writeFileSync } from 'node:fs';
import type { Writable } from 'node:stream';
import type { CertificateFiles } from './http/certificate.ts';
import { startHub } from './start-hub.ts';

/** Between pings on a link: a cut is noticed within two of them. */
const HEARTBEAT_MS = 15_000;

/** What `fibric-edge hub` was asked for. */
export interface RunHubOptions {
  readonly dataDir: string;
  readonly host: string;
  readonly port: number;
  readonly origin: string | null;
  readonly tls: CertificateFiles | null;
  readonly trustedProxies: readonly string[];
  readonly name: string;
  readonly heartbeatMs: number | null;
  readonly readyFile: string | null;
  readonly json: boolean;
  readonly stdout: Writable;
  /** Aborts when the hub is asked to end. */
  readonly stop: AbortSignal;
}

/** Runs a hub until it is asked to end. Rejects with why it could not start. */
export async function runHub(options: RunHubOptions): Promise<void> {
  const { dataDir, host, port, origin, tls, trustedProxies, name, heartbeatMs, readyFile, json, stdout, stop } =
    options;
  const hub = await startHub({
    dataDir,
    host,
    port,
    origin,
    tls,
    trustedProxies,
    name,
    heartbeatMs: heartbeatMs ?? HEARTBEAT_MS,
    rateLimitPerMinute: 1_000,
    quiet: json,
  });
  const reload = () => hub.reloadCertificate();
  // Without a certificate it means what it always does: the terminal is gone.
  if (tls !== null) process.on('SIGHUP', reload);
  try {
    const ready = { url: hub.url, origin: hub.origin, pid: process.pid, data: hub.dataDir };
    if (readyFile !== null) {
      const scratch = `${readyFile}.${randomBytes(6).toString('hex')}`;
      writeFileSync(scratch, JSON.stringify(ready), { mode: 0o600, flag: 'wx' });
      renameSync(scratch, readyFile);
    }
    stdout.write(json ? `${JSON.stringify(ready)}\n` : describeStart(hub.origin, hub.dataDir));
    if (!stop.aborted)
      await new Promise<void>((resolve) => stop.addEventListener('abort', () => resolve(), { once: true }));
  } finally {
    process.off('SIGHUP', reload);
    await hub.close();
  }
}

function describeStart(origin: string, dataDir: string): string {
  return [
    `A Fibric Edge hub runs at ${origin} (data in ${dataDir}).`,
    '',
    '  fibric-edge hub tenants create NAME                   a tenant',
    '  fibric-edge hub keys create --tenant NAME --role ...  a key for programs',
    `  fibric-edge pair ${origin}             on a machine: show a code`,
    '  fibric-edge hub pairings approve CODE --tenant NAME   take that machine in',
    '',
    'Ctrl-C ends it.',
    '',
  ].join('\n');
}

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync, watch } from 'node:fs';
import { join } from 'node:path';
import { type ApiClient, createApiClient } from '../../../main/api/client.ts';
import { launcher } from './agent-process.ts';

/** One hub as a process of its own. */
export interface HubProcess {
  readonly dataDir: string;
  /** Where it listens, and what agents know it by. */
  readonly url: string;
  readonly pid: number;
  /** Whoever looks after it, within the test partition of that tenant. */
  admin(tenant: string): ApiClient;
  /** Without a tenant. */
  readonly api: ApiClient;
  kill(): Promise<void>;
  stop(): Promise<number | null>;
  output(): string;
}

/** Starts `fibric-edge hub` and resolves when its ready file is there. Rejects with its output when it ends first. */
export async function startHubProcess(options: {
  readonly dataDir: string;
  /** Default: a free one. */
  readonly port?: number;
  /** What agents know it by; default: where it listens. */
  readonly origin?: string;
}): Promise<HubProcess> {
  const { dataDir } = options;
  const scratch = join(dataDir, '..');
  const readyFile = join(scratch, `hub-ready-${process.hrtime.bigint()}.json`);
  const args = ['hub', 'run', '--data', dataDir, '--port', String(options.port ?? 0), '--ready-file', readyFile];
  if (options.origin !== undefined) args.push('--origin', options.origin);
  const child = spawn(process.execPath, [launcher, ...args, '--heartbeat', '1'], {
    env: { ...process.env, NODE_ENV: 'production' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += String(chunk);
  });
  child.stderr.on('data', (chunk) => {
    output += String(chunk);
  });
  const exited = once(child, 'exit').then(([code]) => code as number | null);
  await Promise.race([
    appears(readyFile, scratch),
    exited.then((code) => Promise.reject(new Error(`the hub ended with ${code} before it was ready:\n${output}`))),
  ]);
  const ready: { url: string; pid: number } = JSON.parse(readFileSync(readyFile, 'utf8'));
  rmSync(readyFile);
  const socketPath = join(dataDir, 'run', 'hub.sock');
  return {
    dataDir,
    url: ready.url,
    pid: ready.pid,
    api: createApiClient({ socketPath }),
    admin: (tenant) => createApiClient({ socketPath, headers: { 'fibric-hub-tenant': `${tenant}/test` } }),
    output: () => output,
    async kill() {
      process.kill(ready.pid, 'SIGKILL');
      await exited;
    },
    async stop() {
      process.kill(ready.pid, 'SIGTERM');
      return exited;
    },
  };
}

async function appears(file: string, folder: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const watcher = watch(folder, () => existsSync(file) && resolve());
  const timer = setTimeout(() => reject(new Error(`${file} did not appear within 60 s`)), 60_000);
  if (existsSync(file)) resolve();
  try {
    await promise;
  } finally {
    clearTimeout(timer);
    watcher.close();
  }
}

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ApiClient, createApiClient } from '../../../main/api/client.ts';

const root = join(import.meta.dirname, '..', '..', '..');
/** The launcher of the built project: whole-agent tests run what users run. */
export const launcher = join(root, 'bin', 'fibric-edge.mjs');

/** One agent as a process of its own. */
export interface AgentProcess {
  readonly dataDir: string;
  readonly url: string;
  readonly pid: number;
  readonly process: ChildProcess;
  /** The API over the local socket, as the command line uses it. */
  readonly api: ApiClient;
  /** Ends it as the power going would; resolves when it is gone. */
  kill(): Promise<void>;
  /** Asks it to end; resolves with its exit code. */
  stop(): Promise<number | null>;
  /** What it wrote on standard error so far. */
  errors(): string;
}

/** A scratch data folder, removed with its key by {@link removeDataDir}. */
export function makeDataDir(): string {
  return join(mkdtempSync(join(tmpdir(), 'edge-')), 'data');
}

/** Removes a scratch data folder. */
export function removeDataDir(dataDir: string): void {
  rmSync(join(dataDir, '..'), { recursive: true, force: true });
}

/** Starts `fibric-edge run` and resolves when its ready file is there. Rejects with its output when it ends first. */
export async function startAgent(options: {
  readonly dataDir: string;
  readonly demo?: boolean;
  readonly config?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly wrap?: readonly string[];
  /** Default: a free one. */
  readonly port?: number;
}): Promise<AgentProcess> {
  const scratch = join(options.dataDir, '..');
  const readyFile = join(scratch, `ready-${process.hrtime.bigint()}.json`);
  const args = ['run', '--data', options.dataDir, '--port', String(options.port ?? 0), '--ready-file', readyFile];
  if (options.demo === true) args.push('--demo');
  if (options.config !== undefined) {
    const file = join(scratch, 'edge.yaml');
    writeFileSync(file, options.config);
    args.push('--config', file);
  }
  const [command = process.execPath, ...before] = [...(options.wrap ?? []), process.execPath];
  const child = spawn(command, [...before, launcher, ...args], {
    env: { ...process.env, NODE_ENV: 'production', ...options.environment },
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
    fileAppears(readyFile, scratch),
    exited.then((code) => Promise.reject(new Error(`the agent ended with ${code} before it was ready:\n${output}`))),
  ]);
  const ready: { url: string; pid: number } = JSON.parse(readFileSync(readyFile, 'utf8'));
  return {
    dataDir: options.dataDir,
    url: ready.url,
    pid: ready.pid,
    process: child,
    api: createApiClient({ socketPath: join(options.dataDir, 'run', 'agent.sock') }),
    errors: () => output,
    async kill() {
      process.kill(ready.pid, 'SIGKILL');
      await exited;
    },
    async stop() {
      // By its own pid: under strace the child is the tracer.
      process.kill(ready.pid, 'SIGTERM');
      return exited;
    },
  };
}

/** Resolves when `file` exists, or rejects after a minute. */
async function fileAppears(file: string, folder: string): Promise<void> {
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

/** Runs `fibric-edge` with these arguments against an agent's data folder. */
export async function edge(dataDir: string, ...args: readonly string[]): Promise<Ran> {
  return edgeWithInput('', dataDir, ...args);
}

/** What a command line did. */
export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** As {@link edge}, with this on standard input. */
export async function edgeWithInput(input: string, dataDir: string, ...args: readonly string[]): Promise<Ran> {
  const child = spawn(process.execPath, [launcher, ...args, '--data', dataDir], { stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin.end(input);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => {
    stdout += String(chunk);
  });
  child.stderr.on('data', (chunk) => {
    stderr += String(chunk);
  });
  const [code] = await once(child, 'close');
  return { code: code as number | null, stdout, stderr };
}

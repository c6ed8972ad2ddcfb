import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync, watch } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..', '..');
/** The launcher of the built project: whole-agent tests run what users run. */
export const launcher = join(root, 'bin', 'fibric-edge.mjs');

/** A `fibric-edge` that serves, as a process of its own. */
export interface ReadyProcess {
  readonly url: string;
  readonly pid: number;
  readonly process: ChildProcess;
  /** Ends it as the power going would; resolves when it is gone. */
  kill(): Promise<void>;
  /** Asks it to end; resolves with its exit code. */
  stop(): Promise<number | null>;
  /** What it wrote so far, on either stream. */
  output(): string;
}

/** Starts one with a ready file in `scratch`, and resolves when that is there. Rejects with its output when it ends first. */
export async function startReadyProcess(options: {
  readonly args: readonly string[];
  readonly scratch: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** What runs it: a tracer. */
  readonly wrap?: readonly string[];
}): Promise<ReadyProcess> {
  const { args, scratch, environment = {}, wrap = [] } = options;
  const readyFile = join(scratch, `ready-${process.hrtime.bigint()}.json`);
  const [command = process.execPath, ...before] = [...wrap, process.execPath];
  const child = spawn(command, [...before, launcher, ...args, '--ready-file', readyFile], {
    env: { ...process.env, NODE_ENV: 'production', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const hear = (chunk: unknown) => {
    output += String(chunk);
  };
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  const exited = once(child, 'exit').then(([code]) => code as number | null);
  await Promise.race([
    fileAppears(readyFile, scratch),
    exited.then((code) => Promise.reject(new Error(`${args[0]} ended with ${code} before it was ready:\n${output}`))),
  ]);
  const ready: { url: string; pid: number } = JSON.parse(readFileSync(readyFile, 'utf8'));
  rmSync(readyFile);
  return {
    url: ready.url,
    pid: ready.pid,
    process: child,
    output: () => output,
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

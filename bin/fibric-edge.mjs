#!/usr/bin/env node
/**
 * The launcher. Plain JavaScript: it must run on any Node, because better-sqlite3 crashes an older one without a word.
 * It re-executes itself on the Node that came with the package, or refuses with one line.
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { NODE_MAJOR, registryNode } from '../setup/registry-node.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const self = fileURLToPath(import.meta.url);
const args = process.argv.slice(2);

/**
 * Half of V8's young generation. By default it grows to 16 MB a half and stays so, twice (there is a writer thread), on a
 * machine where the agent is a guest; what an agent allocates is dead soon.
 */
const YOUNG_GENERATION_MB = 2;

/**
 * By how much the rest of V8's heap grows beyond what is in use before it is gone through. By default V8 lets it grow up to
 * fourfold when a busy machine makes it slow, and keeps the room for good.
 */
const HEAP_GROWING_PERCENT = 50;

/** Runs this launcher again on `node`; in place of this process where the platform can, else as a child. */
function runAgain(node, environment, options = []) {
  if (typeof process.execve === 'function' && process.platform !== 'win32') {
    process.execve(node, [node, ...options, self, ...args], environment);
  }
  const child = spawn(node, [...options, self, ...args], { stdio: 'inherit', env: environment });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => process.exit(signal === null ? (code ?? 1) : 1));
}

/** How long what is closed may take to let the process end by itself. */
const LEAVE_AFTER_MS = 1_000;

/**
 * Ends the process though a thread still waits for a port whose device holds its flow control: tcdrain knows no deadline
 * and Node waits for its threads. Becoming another program ends them, and keeps the exit code.
 */
function leave() {
  if (typeof process.execve !== 'function' || process.platform === 'win32') process.kill(process.pid, 'SIGKILL');
  process.removeAllListeners('warning');
  process.execve('/bin/sh', ['sh', '-c', `exit ${Number(process.exitCode ?? 0)}`], {});
}

if (Number(process.versions.node.split('.')[0]) < NODE_MAJOR) {
  const node = registryNode(root);
  if (node === null) {
    process.stderr.write(`fibric-edge needs Node ${NODE_MAJOR} or newer; this is ${process.version}.\n`);
    process.exitCode = 1;
  } else {
    runAgain(node, process.env);
  }
} else if (args[0] === 'run' && process.env.UV_THREADPOOL_SIZE === undefined) {
  // Four flow-controlled ports waiting in tcdrain fill libuv's default pool and stop all serial input; the pool's size
  // is read once, before any of our code could change it.
  const { threadPoolSize } = await import('../dist/main/config/thread-pool.js');
  process.removeAllListeners('warning');
  const environment = {
    // An arena for each thread of that pool would hold memory that none of them uses.
    MALLOC_ARENA_MAX: '2',
    ...process.env,
    UV_THREADPOOL_SIZE: String(threadPoolSize(args, process.env)),
  };
  runAgain(process.execPath, environment, [
    `--max-semi-space-size=${YOUNG_GENERATION_MB}`,
    `--heap-growing-percent=${HEAP_GROWING_PERCENT}`,
  ]);
} else {
  const { runCommandLine } = await import('../dist/main/cli/main.js');
  const { addRun } = await import('../dist/main/cli/commands/run.js');
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  process.exitCode = await runCommandLine(args, { version, commands: [addRun] });
  if (args[0] === 'run') setTimeout(leave, LEAVE_AFTER_MS).unref();
}

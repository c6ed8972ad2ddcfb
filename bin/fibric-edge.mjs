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

/** Runs this launcher again on `node`; in place of this process where the platform can, else as a child. */
function runAgain(node, environment) {
  if (typeof process.execve === 'function' && process.platform !== 'win32') {
    process.execve(node, [node, self, ...args], environment);
  }
  const child = spawn(node, [self, ...args], { stdio: 'inherit', env: environment });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => process.exit(signal === null ? (code ?? 1) : 1));
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
  runAgain(process.execPath, { ...process.env, UV_THREADPOOL_SIZE: String(threadPoolSize(args, process.env)) });
} else {
  const { runCommandLine } = await import('../dist/main/cli/main.js');
  const { addRun } = await import('../dist/main/cli/commands/run.js');
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  process.exitCode = await runCommandLine(args, { version, commands: [addRun] });
}

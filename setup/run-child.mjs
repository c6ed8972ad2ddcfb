/** Runs what a command stands for, in this process's place as far as signals and the exit code go. Plain JavaScript. */
import { spawn } from 'node:child_process';

/** Runs a program that ends by itself. */
export function run(node, args, environment) {
  follow(spawn(node, args, { stdio: 'inherit', env: environment }));
}

/**
 * Runs an agent. Its standard input is a pipe that this process holds: when this one is gone, however it ended, the pipe
 * closes, and the agent ends too.
 */
export function runAgent(node, args, environment) {
  const child = spawn(node, [...args, '--until-stdin-ends'], {
    stdio: ['pipe', 'inherit', 'inherit'],
    env: environment,
  });
  child.stdin.on('error', () => {});
  follow(child);
}

function follow(child) {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => process.exit(signal === null ? (code ?? 1) : 1));
}

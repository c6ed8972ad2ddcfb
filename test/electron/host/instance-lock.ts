import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

/** Tells the first instance, and waits until it has heard: Electron's call is synchronous too. */
const teller = `
const socket = require('node:net').connect(process.argv[1]);
socket.on('error', () => process.exit(1));
socket.on('close', () => process.exit(0));
socket.end(process.argv[2]);
`;

/**
 * One instance a folder: a file that only one can make, and a socket on which the first hears of the others. True for the
 * first one.
 */
export function takeInstanceLock(
  folder: string,
  onSecond: (argv: string[], workingDirectory: string) => void,
): { readonly first: boolean; release(): void } {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'SingletonLock');
  const socketPath = join(folder, 'SingletonSocket');
  for (let tries = 0; tries < 2; tries += 1) {
    try {
      const handle = openSync(file, 'wx');
      writeSync(handle, String(process.pid));
      closeSync(handle);
      rmSync(socketPath, { force: true });
      const server = createServer({ allowHalfOpen: true }, (socket) => {
        let text = '';
        socket.on('data', (chunk) => {
          text += String(chunk);
        });
        socket.on('end', () => {
          const { argv, cwd } = JSON.parse(text);
          onSecond(argv, cwd);
          socket.end();
        });
      });
      server.listen(socketPath);
      server.unref();
      return {
        first: true,
        release() {
          server.close();
          rmSync(file, { force: true });
        },
      };
    } catch {
      const pid = Number(readFileSync(file, 'utf8'));
      if (isAlive(pid)) break;
      rmSync(file, { force: true });
    }
  }
  spawnSync(process.execPath, ['-e', teller, socketPath, JSON.stringify({ argv: process.argv, cwd: process.cwd() })], {
    timeout: 10_000,
  });
  return { first: false, release: () => {} };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

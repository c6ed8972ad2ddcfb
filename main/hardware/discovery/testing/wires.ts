import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/** A PTY at a path, held by a process of its own, that can be pulled like a cable. */
export interface Wire {
  /** `gently` removes the link; `killed` leaves it dangling. Resolves when the process has ended. */
  pull(how: 'gently' | 'killed'): Promise<void>;
}

/** Lays a PTY whose near end is at `path`; resolves when it is there. */
export async function layWire(path: string): Promise<Wire> {
  const child = spawn('socat', ['-d', '-d', `pty,raw,echo=0,link=${path}`, 'pty,raw,echo=0'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  await started(child);
  return {
    async pull(how) {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill(how === 'gently' ? 'SIGTERM' : 'SIGKILL');
      await once(child, 'exit');
    },
  };
}

async function started(child: ChildProcess): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let text = '';
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
    if (text.includes('starting data transfer loop')) resolve();
  });
  child.once('error', reject);
  child.once('exit', (code) => reject(new Error(`socat ended with ${code}: ${text}`)));
  await promise;
}

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, watch } from 'node:fs';
import { dirname } from 'node:path';

/** Two ends of one serial wire, as PTYs. */
export interface Wire {
  readonly near: string;
  readonly far: string;
  /** Pulls it out: both ends vanish. */
  pull(): Promise<void>;
}

/** Starts socat between two pseudo-terminals at these paths; resolves when both are there. */
export async function layWire(near: string, far: string): Promise<Wire> {
  const child: ChildProcess = spawn('socat', [`pty,raw,echo=0,link=${near}`, `pty,raw,echo=0,link=${far}`], {
    stdio: 'ignore',
  });
  await Promise.all([appears(near), appears(far)]);
  return {
    near,
    far,
    async pull() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}

async function appears(path: string): Promise<void> {
  if (existsSync(path)) return;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const watcher = watch(dirname(path), () => existsSync(path) && resolve());
  const timer = setTimeout(() => reject(new Error(`${path} did not appear within 5 s`)), 5_000);
  if (existsSync(path)) resolve();
  try {
    await promise;
  } finally {
    clearTimeout(timer);
    watcher.close();
  }
}

/** Asks `probe` again until it gives something, or throws after `withinMs` with what was awaited. */
export async function eventually<T>(
  what: string,
  withinMs: number,
  probe: () => Promise<T | undefined | null | false>,
): Promise<T> {
  const end = performance.now() + withinMs;
  for (;;) {
    const found = await probe();
    if (found !== undefined && found !== null && found !== false) return found;
    if (performance.now() > end) throw new Error(`${what}: not within ${withinMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** What a noisy tenant asks for, and for how long. */
export interface Noise {
  readonly asks: readonly {
    readonly name: string;
    readonly method: 'GET' | 'POST';
    readonly url: string;
    readonly body: object | null;
    /** In place of a body: so many new events each time. */
    readonly events?: number;
    /** Taken in turns by each worker. */
    readonly keys: readonly string[];
    readonly workers: number;
  }[];
  readonly forMs: number;
}

/** Answers by what was asked and their status. */
export interface NoiseFound {
  readonly statuses: Readonly<Record<string, number>>;
}

/** A process that makes noise, one spell at a time. */
export function startNoise() {
  const child = fork(join(import.meta.dirname, 'noise-process.ts'), [], {
    env: { ...process.env, NODE_ENV: 'production' },
  });
  return {
    async make(noise: Noise): Promise<NoiseFound> {
      child.send(noise);
      const [found] = (await once(child, 'message')) as [NoiseFound];
      return found;
    },
    end: () => child.disconnect(),
  };
}

import { networkInterfaces } from 'node:os';
import type { Clock } from '../clock.ts';

const LOOK_EVERY_MS = 5_000;

/** The addresses that this machine has on networks, as one text that is another when they are others. */
export function ownAddresses(): string {
  return Object.entries(networkInterfaces())
    .flatMap(([name, held]) =>
      (held ?? []).filter(({ internal }) => !internal).map(({ address }) => `${name} ${address}`),
    )
    .sort()
    .join('\n');
}

/**
 * Calls `changed` whenever this machine has other addresses than before: a cable was plugged in, a network joined or left. It is
 * noticed within five seconds, where a wait between attempts may take a minute. Returns what ends it.
 */
export function watchAddresses(read: () => string, clock: Pick<Clock, 'after'>, changed: () => void): () => void {
  let seen = read();
  let stop = () => {};
  const look = () => {
    stop = clock.after(LOOK_EVERY_MS, () => {
      look();
      const now = read();
      if (now === seen) return;
      seen = now;
      changed();
    });
  };
  look();
  return () => stop();
}

/** Start, eight data bits, stop. */
const BITS_PER_CHARACTER = 10;

/** Passes bytes on, in order. */
export interface PacedWire {
  push(bytes: Uint8Array): void;
  /** Forgets what is under way. */
  clear(): void;
}

/** A wire that delivers no faster than `baudRate`; with null at once. */
export function createPacedWire(baudRate: number | null, deliver: (bytes: Uint8Array) => void): PacedWire {
  if (baudRate === null) return { push: deliver, clear: () => {} };
  const characterMs = (BITS_PER_CHARACTER * 1000) / baudRate;
  let queue: number[] = [];
  /** When the first byte of the queue has wholly arrived. */
  let nextDueAt = 0;
  let timer: NodeJS.Timeout | undefined;

  const wait = () => {
    timer = setTimeout(arrive, Math.max(0, nextDueAt - performance.now()));
  };
  const arrive = () => {
    timer = undefined;
    const due = Math.max(0, Math.floor((performance.now() - nextDueAt) / characterMs) + 1);
    const arrived = queue.splice(0, due);
    nextDueAt += arrived.length * characterMs;
    if (queue.length > 0) wait();
    if (arrived.length > 0) deliver(Uint8Array.from(arrived));
  };

  return {
    push(bytes) {
      if (queue.length === 0) nextDueAt = Math.max(nextDueAt, performance.now() + characterMs);
      for (const byte of bytes) queue.push(byte);
      if (timer === undefined && queue.length > 0) wait();
    },
    clear() {
      clearTimeout(timer);
      timer = undefined;
      queue = [];
    },
  };
}

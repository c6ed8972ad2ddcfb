const SHORTEST_MS = 40;
const LONGEST_MS = 5_000;

/**
 * The span within which an agent is killed. It follows the machine, busy or not, so that kills fall into the work and
 * neither before it nor after: it shrinks when a whole load was answered in time, and grows when nothing was.
 */
export interface Pace {
  spanMs(): number;
  /** How many asks of the last trial were answered before the kill. */
  learn(answered: number, asked: number): void;
}

/** Begins with a span that suits an idle machine. */
export function createPace(): Pace {
  let spanMs = 120;
  return {
    spanMs: () => spanMs,
    learn(answered, asked) {
      if (answered === asked) spanMs *= 0.92;
      else if (answered === 0) spanMs *= 1.1;
      spanMs = Math.min(LONGEST_MS, Math.max(SHORTEST_MS, spanMs));
    },
  };
}

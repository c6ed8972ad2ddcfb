import { AgentError } from '../../../drivers/kit/index.ts';

const LONGEST_WAIT_MS = 30_000;

/** When a silent unit on a bus is asked again: after 1, 2, 4 ... 30 s, so that it slows nobody (contract section 3). */
export class UnitBackoff {
  #failures = 0;
  #askAgainAt = Number.NEGATIVE_INFINITY;
  readonly #name: string;
  readonly #now: () => number;

  constructor(name: string, now: () => number = () => performance.now()) {
    this.#name = name;
    this.#now = now;
  }

  /** Throws `no_reply` while the unit is left alone. */
  throwIfWaiting(): void {
    const leftMs = this.#askAgainAt - this.#now();
    if (leftMs <= 0) return;
    throw new AgentError(
      'no_reply',
      `${this.#name} has been silent; it is asked again in ${Math.ceil(leftMs / 1000)} s.`,
      {
        hint: 'Is it switched on, is its address right? A test asks it at once.',
        details: { device: this.#name, asked: false },
      },
    );
  }

  answered(): void {
    this.#failures = 0;
    this.#askAgainAt = Number.NEGATIVE_INFINITY;
  }

  silent(): void {
    this.#askAgainAt = this.#now() + this.nextWaitMs();
    this.#failures += 1;
  }

  nextWaitMs(): number {
    return Math.min(LONGEST_WAIT_MS, 1_000 * 2 ** Math.min(this.#failures, 10));
  }
}

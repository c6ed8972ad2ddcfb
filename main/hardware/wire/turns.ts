import { randomUUID } from 'node:crypto';
import { AgentError } from '../../../drivers/kit/index.ts';
import type { BindingSession } from './binding-session.ts';
import type { Release } from './port-queue.ts';

/** A device's turn, kept for one side effect. */
export interface Turn {
  readonly id: string;
  readonly session: BindingSession;
  /** Aborts when the turn is over or its time is; an `act` that runs is not stopped by it. */
  readonly signal: AbortSignal;
  /** Counts the acts that run, so that the deadline does not take the turn from under them. */
  acting: boolean;
}

interface Held extends Turn {
  readonly end: AbortController;
  readonly release: Release;
  readonly timer: NodeJS.Timeout;
  expired: boolean;
}

/** The turns that are held now. Each ends: when it is closed, or at its deadline unless an `act` is running. */
export class Turns {
  readonly #held = new Map<string, Held>();

  open(session: BindingSession, release: Release, deadlineMs: number): Turn {
    const id = randomUUID();
    const end = new AbortController();
    const timer = setTimeout(() => {
      held.expired = true;
      end.abort(new AgentError('deadline_exceeded', `The turn on ${session.binding.connectorName} ran out of time.`));
      if (!held.acting) this.close(id);
    }, deadlineMs);
    const held: Held = { id, session, signal: end.signal, acting: false, end, release, timer, expired: false };
    this.#held.set(id, held);
    return held;
  }

  /** Throws `closed` for a turn that is over. */
  get(id: string): Turn {
    const turn = this.#held.get(id);
    if (turn === undefined) throw new AgentError('closed', 'This turn on the device is over.', { hint: 'Call again.' });
    return turn;
  }

  /** Runs an act in the turn: its deadline waits for it. */
  async whileActing<T>(id: string, run: () => Promise<T>): Promise<T> {
    const turn = this.get(id);
    turn.acting = true;
    try {
      return await run();
    } finally {
      turn.acting = false;
      if (this.#held.get(id)?.expired === true) this.close(id);
    }
  }

  close(id: string): void {
    const turn = this.#held.get(id);
    if (turn === undefined) return;
    this.#held.delete(id);
    clearTimeout(turn.timer);
    turn.end.abort(new AgentError('closed', 'This turn on the device is over.'));
    turn.release();
  }

  closeAll(): void {
    for (const id of [...this.#held.keys()]) this.close(id);
  }
}

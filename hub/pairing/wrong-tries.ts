import { AgentError } from '../../drivers/kit/index.ts';
import type { Clock } from '../clock.ts';

const ALLOWED = 5;
const WINDOW_MS = 10 * 60_000;

/** Counts wrong codes, for each who types them. */
export interface WrongTries {
  /** Throws `rate_limited` after five wrong ones within ten minutes. */
  check(who: string): void;
  note(who: string): void;
}

/** Counts in memory: after a restart of the hub the codes of before are as unlikely to be guessed as ever. */
export function createWrongTries(clock: Clock): WrongTries {
  const tries = new Map<string, number[]>();
  const recent = (who: string) => {
    const since = clock.now() - WINDOW_MS;
    const kept = (tries.get(who) ?? []).filter((at) => at > since);
    if (kept.length === 0) tries.delete(who);
    else tries.set(who, kept);
    return kept;
  };
  return {
    check(who) {
      const [oldest, ...rest] = recent(who);
      if (oldest === undefined || rest.length + 1 < ALLOWED) return;
      const seconds = Math.max(1, Math.ceil((oldest + WINDOW_MS - clock.now()) / 1_000));
      throw new AgentError('rate_limited', `${ALLOWED} wrong codes were typed.`, {
        hint: `Wait ${seconds} s, and look at the machine's screen for the code.`,
        details: { retry_after_s: seconds },
      });
    },
    note: (who) => void tries.set(who, [...recent(who), clock.now()]),
  };
}

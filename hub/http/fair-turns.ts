import { AgentError } from '../../drivers/kit/index.ts';
import type { Principal } from '../../main/api/index.ts';
import { keyOf } from '../partition.ts';

/** So many requests of one tenant wait at most; each holds a connection and its body. */
const MOST_WAITING = 2_000;
/** Of so many it is remembered when they had their last turn. */
const MOST_KNOWN = 10_000;

/** Gives the tenants of a hub their turns in its one process. */
export interface FairTurns {
  /**
   * Resolves when it is the turn of one who has more to do. Between two turns the process looks at its connections, and of those that wait goes first who
   * had no turn for longest: so however much one asks for, another waits for no more than one piece of work of each. Rejects with
   * `rate_limited` when too much of one waits. Null, whoever looks after the hub, waits for nobody.
   */
  take(who: string | null): Promise<void>;
}

/**
 * As whom somebody waits: all keys and machines of one tenant's live or test data together, and all who have no key, from however many
 * addresses.
 */
export function turnsOf({ kind, partition }: Pick<Principal, 'kind' | 'partition'>): string | null {
  if (kind === 'local-admin') return null;
  return partition === undefined ? 'strangers' : keyOf(partition);
}

/** Makes them; `later` runs something once what has come in meanwhile was looked at. */
export function createFairTurns(later: (run: () => void) => void = setImmediate): FairTurns {
  const waiting = new Map<string, (() => void)[]>();
  /** Whoever had a turn, the last one last. */
  const served = new Map<string, true>();
  let given = false;
  const note = (who: string) => {
    if (served.size >= MOST_KNOWN) served.clear();
    served.delete(who);
    served.set(who, true);
  };
  const longest = (): string | undefined => {
    const [only] = waiting.keys();
    if (waiting.size < 2) return only;
    for (const who of waiting.keys()) if (!served.has(who)) return who;
    for (const who of served.keys()) if (waiting.has(who)) return who;
    return only;
  };
  const next = () => {
    const who = longest();
    const own = who === undefined ? undefined : waiting.get(who);
    given = who !== undefined;
    if (who === undefined) return;
    note(who);
    const begin = own?.shift();
    if (own === undefined || own.length === 0) waiting.delete(who);
    begin?.();
    later(next);
  };
  return {
    take(who) {
      if (who === null) return Promise.resolve();
      if (!given) {
        given = true;
        note(who);
        later(next);
        return Promise.resolve();
      }
      const own = waiting.get(who) ?? [];
      if (own.length >= MOST_WAITING) return Promise.reject(tooMany());
      const { promise, resolve } = Promise.withResolvers<void>();
      own.push(resolve);
      waiting.set(who, own);
      return promise;
    },
  };
}

function tooMany(): AgentError {
  return new AgentError('rate_limited', `More than ${MOST_WAITING} requests of this tenant wait already.`, {
    hint: 'Send fewer at once.',
    details: { retry_after_s: 1 },
  });
}

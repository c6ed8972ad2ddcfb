import { AgentError } from '../../drivers/kit/index.ts';
import type { Typist } from '../../main/api/index.ts';
import type { Clock } from '../clock.ts';

/** Of one tenant, whichever of its keys: more keys are no more tries. */
const ALLOWED = 5;
/** Of one address, whichever tenants: more than one tenant may spend, so that none locks out those who share its address. */
const ALLOWED_OF_ADDRESS = 20;
const WINDOW_MS = 10 * 60_000;
/** Where nobody has named a proxy, one may stand on the hub's own machine: then what comes from there is everyone's. */
const ownMachine = /^(?:::ffff:)?127\.|^::1$/;

/** Counts wrong codes. */
export interface WrongTries {
  /** Throws `rate_limited` after five wrong ones of a tenant within ten minutes, or twenty of an address. */
  check(typist: Typist): void;
  note(typist: Typist): void;
}

/** Counts in memory: after a restart of the hub the codes of before are as unlikely to be guessed as ever. */
export function createWrongTries(
  clock: Pick<Clock, 'monotonicMs'>,
  { knowsProxies }: { readonly knowsProxies: boolean },
): WrongTries {
  const tries = new Map<string, number[]>();
  const recent = (who: string) => {
    const since = clock.monotonicMs() - WINDOW_MS;
    const kept = (tries.get(who) ?? []).filter((at) => at > since);
    if (kept.length === 0) tries.delete(who);
    else tries.set(who, kept);
    return kept;
  };
  return {
    check(typist) {
      for (const [who, allowed] of countersOf(typist, knowsProxies)) {
        const made = recent(who);
        const [oldest] = made;
        if (oldest === undefined || made.length < allowed) continue;
        const seconds = Math.max(1, Math.ceil((oldest + WINDOW_MS - clock.monotonicMs()) / 1_000));
        throw new AgentError('rate_limited', `${allowed} wrong codes were typed.`, {
          hint: `Wait ${seconds} s, and look at the machine's screen for the code.`,
          details: { retry_after_s: seconds },
        });
      }
    },
    note(typist) {
      for (const who of [...tries.keys()]) recent(who);
      for (const [who] of countersOf(typist, knowsProxies)) tries.set(who, [...recent(who), clock.monotonicMs()]);
    },
  };
}

/** Whoever looks after the hub has a counter apart, so that no tenant locks them out. */
function countersOf(
  { principal, address }: Typist,
  knowsProxies: boolean,
): readonly (readonly [who: string, allowed: number])[] {
  const { id, kind, partition } = principal;
  const own = kind === 'local-admin' || partition === undefined ? id : `tenant ${partition.tenantId}`;
  const isEveryones = address !== null && !knowsProxies && ownMachine.test(address);
  const from = address === null || isEveryones ? null : `from ${address}`;
  return from === null
    ? [[own, ALLOWED]]
    : [
        [own, ALLOWED],
        [from, ALLOWED_OF_ADDRESS],
      ];
}

import type { TelnetVerb } from './telnet.ts';

/** Whether one side uses an option. */
export type OptionState = 'asked' | 'on' | 'refused';

/** What the two sides of a Telnet connection agreed on. */
export interface Negotiation {
  /** What is asked for first. */
  start(): readonly Request[];
  /** Takes what the other side said; returns what has to be answered, or null. */
  receive(verb: TelnetVerb, option: number): Request | null;
  /** Of an option that was asked for, used by us or by them. */
  state(side: 'us' | 'them', option: number): OptionState;
}

/** One negotiation to send. */
export interface Request {
  readonly verb: TelnetVerb;
  readonly option: number;
}

/**
 * Asks for these options and refuses all others. Each request is answered once and each change acknowledged once, an
 * answer never, so that two sides can't talk in circles (RFC 854, "general considerations", rules 2 and 3).
 */
export function createNegotiation(wanted: {
  readonly us: readonly number[];
  readonly them: readonly number[];
}): Negotiation {
  const sides = {
    us: new Map<number, OptionState>(wanted.us.map((option) => [option, 'asked'])),
    them: new Map<number, OptionState>(wanted.them.map((option) => [option, 'asked'])),
  };
  const words = { us: { yes: 'will', no: 'wont' }, them: { yes: 'do', no: 'dont' } } as const;

  return {
    start: () => [
      ...wanted.us.map((option) => ({ verb: 'will', option }) as const),
      ...wanted.them.map((option) => ({ verb: 'do', option }) as const),
    ],
    receive(verb, option) {
      // DO and DONT are about us, WILL and WONT about them.
      const side = verb === 'do' || verb === 'dont' ? 'us' : 'them';
      const on = verb === 'do' || verb === 'will';
      const before = sides[side].get(option);
      if (before === undefined) return on ? { verb: words[side].no, option } : null;
      const after = on ? 'on' : 'refused';
      sides[side].set(option, after);
      if (before === 'asked' || before === after) return null;
      return { verb: on ? words[side].yes : words[side].no, option };
    },
    state: (side, option) => sides[side].get(option) ?? 'refused',
  };
}

import { AgentError, type Disturbance, decodeLatin1, type FirstQuestions } from '../kit/index.ts';
import { identify } from './identify.ts';
import { encode, isHarmless } from './protocol.ts';

const nineSix = { baud_rate: 9600, data_bits: 8, parity: 'none', stop_bits: 1 } as const;

/** Scales answer `I4` at once; the time is for slow adapters. */
const REPLY_MS = 500;

/** Factory settings of balances and terminals, then those of older ones (PM and BasicS: 2400 7E1). */
const lines = [
  nineSix,
  { ...nineSix, data_bits: 7, parity: 'even' },
  { ...nineSix, baud_rate: 2400, data_bits: 7, parity: 'even' },
  { ...nineSix, baud_rate: 19_200 },
] as const;

/** `I4` alone: every level 0 scale tells its serial number, and the answer repeats the command. */
export const firstQuestions: FirstQuestions = {
  ways: ({ link }) =>
    link === 'serial' ? lines.map((line) => ({ line, options: { reply_timeout_ms: REPLY_MS }, unit: null })) : [],
  frames: () => [encode({ text: 'I4' })],
  async ask(link, context) {
    const ask = () => identify(link, context);
    // What was sent before, for others, stands in front of the first question: the scale may not have understood it.
    const identification = await ask().catch((error: unknown) => {
      if (AgentError.is(error, 'device_refused')) return ask();
      throw error;
    });
    return { sure: true, identification, options: {} };
  },
};

/** Lines that begin as a command does and only ask nothing. Lines that begin otherwise are answered with `ES`. */
export function disturbedBy(bytes: Uint8Array): Disturbance | null {
  const lines = decodeLatin1(bytes).split(/[\r\n]/);
  // The last one has no end yet.
  const command = lines.slice(0, -1).find((line) => /^[A-Z@]/.test(line) && !isHarmless(encode({ text: line })));
  return command === undefined ? null : { kind: 'acts', what: `carry out the command ${JSON.stringify(command)}` };
}

import { AgentError, type Disturbance, decodeLatin1, type FirstQuestions } from '../kit/index.ts';
import { matchStatusAlone } from './answers.ts';
import { identify } from './identify.ts';
import { askStatus, isHarmless } from './questions.ts';

const DLE = 0x10;
const ESC = 0x1b;
const FS = 0x1c;
const GS = 0x1d;
const format = { data_bits: 8, parity: 'none', stop_bits: 1 } as const;
/** By DIP switch or memory switch; the first is usual, the last that of USB serial ports. */
const speeds = [9600, 19_200, 38_400, 115_200] as const;

const REPLY_MS = 500;

/**
 * `DLE EOT 1` alone: answered at once in any state, printed by no printer. One byte may be anything; four of them, each
 * alone and each of the form of a status, are a printer's.
 */
export const firstQuestions: FirstQuestions = {
  ways({ link }) {
    if (link !== 'serial') return [{ line: null, options: {}, unit: null }];
    return speeds.map((baud_rate) => ({ line: { ...format, baud_rate }, options: {}, unit: null }));
  },
  frames: () => [askStatus(1, 0).bytes],
  async ask(link, context) {
    for (const n of [1, 2, 3, 4] as const) await link.exchange({ ...askStatus(n, REPLY_MS), match: matchStatusAlone });
    try {
      return { sure: true, identification: await identify(link, context), options: {} };
    } catch (error) {
      // Offline, or busy with paper: it says who it is another time.
      if (!AgentError.is(error, 'device_not_ready', 'device_busy', 'no_reply')) throw error;
      const nameless = { manufacturer: null, model: null, protocolSerial: null, details: {} };
      return { sure: true, identification: nameless, options: {} };
    }
  },
};

/** Everything that is no question is printed, sooner or later, or is a command. */
export function disturbedBy(bytes: Uint8Array): Disturbance | null {
  let printed = '';
  let index = 0;
  while (index < bytes.length) {
    const byte = bytes[index] ?? 0;
    const starts = byte === DLE || byte === ESC || byte === FS || byte === GS;
    if (starts && isHarmless(bytes.subarray(index, index + 3))) {
      index += 3;
      continue;
    }
    if (starts) return { kind: 'acts', what: 'take a part of it for a command' };
    if (byte >= 0x20 || byte === 0x0a || byte === 0x0c || byte === 0x0d) printed += decodeLatin1(Uint8Array.of(byte));
    index += 1;
  }
  return printed === '' ? null : { kind: 'marks', what: `print ${JSON.stringify(printed)}` };
}

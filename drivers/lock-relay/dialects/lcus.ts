import { type Link, matchLines, unanswered, type WireRequest } from '../../kit/index.ts';
import { type Dialect, describeSwitch, quiet, REPLY_MS } from './dialect.ts';
import { flagBytes, matchFixed } from './fixed-reply.ts';

/** What a board's firmware answers to the status question: nothing, lines of text, or a byte for each relay. */
export type LcusStatus = 'none' | 'lines' | 'bytes';

const START = 0xa0;
const STATUS = 0xff;

/** `A0 channel state sum`, the sum being the low byte of the three before it. */
export function lcusFrame(channel: number, on: boolean): Uint8Array {
  const state = on ? 1 : 0;
  return Uint8Array.of(START, channel, state, (START + channel + state) & 0xff);
}

/** LCUS boards answer to nothing but the status question, and many not even to that. */
export function lcusDialect(channels: number, status: LcusStatus): Dialect {
  return {
    channels,
    link: 'serial',
    set: (channel, on) => unanswered({ bytes: lcusFrame(channel, on), label: describeSwitch(channel, on) }),
    readStates: status === 'none' ? null : (link: Link) => link.exchange(lcusStatus(channels, status)),
    identify: null,
    resynchronise: quiet,
  };
}

/** The status question, for a firmware that answers it. */
export function lcusStatus(channels: number, status: 'lines' | 'bytes'): WireRequest<readonly boolean[]> {
  return {
    bytes: Uint8Array.of(STATUS),
    label: 'read the relays',
    replyTimeoutMs: REPLY_MS,
    match:
      status === 'bytes' ? matchFixed(channels, `${channels} bytes of 00 or 01`, flagBytes) : matchStates(channels),
  };
}

/** `CH1: ON` and so on, a line for each relay in order. */
function matchStates(channels: number) {
  const expected = `${channels} lines of the form CH1: ON`;
  return matchLines<readonly boolean[]>((line, before) => {
    const states = [...before, line].map((text, index) => {
      const found = /^CH(\d+): ?(ON|OFF)$/i.exec(text);
      return found === null || Number(found[1]) !== index + 1 ? null : found[2]?.toUpperCase() === 'ON';
    });
    const known = states.filter((state) => state !== null);
    if (known.length < states.length) return { kind: 'bad', expected };
    return known.length === channels ? { kind: 'reply', value: known } : { kind: 'more' };
  });
}

/** Whether it only asks. */
export function isLcusHarmless(bytes: Uint8Array): boolean {
  return bytes.length === 1 && bytes[0] === STATUS;
}

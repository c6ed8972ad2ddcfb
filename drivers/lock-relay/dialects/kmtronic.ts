import { type Link, unanswered, type WireRequest } from '../../kit/index.ts';
import { type Dialect, describeSwitch, quiet, REPLY_MS } from './dialect.ts';
import { flagBytes, matchFixed } from './fixed-reply.ts';

const START = 0xff;
const STATUS = 0x03;
/** Asks for all relays, on boards with four and eight. With 01 instead of 00 it switches relay 9 of a chain. */
const STATUS_ALL = [START, 0x09, 0x00] as const;

/** `FF channel 01` or `FF channel 00`. */
export function kmtronicFrame(channel: number, on: boolean): Uint8Array {
  return Uint8Array.of(START, channel, on ? 1 : 0);
}

/** KMTronic boards: commands are not answered, status is asked of one relay or of all. */
export function kmtronicDialect(channels: number, status: 'single' | 'all'): Dialect {
  const readEach = async (link: Link): Promise<readonly boolean[]> => {
    const states: boolean[] = [];
    for (let channel = 1; channel <= channels; channel += 1) states.push(await link.exchange(kmtronicStatus(channel)));
    return states;
  };
  return {
    channels,
    link: 'serial',
    set: (channel, on) => unanswered({ bytes: kmtronicFrame(channel, on), label: describeSwitch(channel, on) }),
    readStates: status === 'single' ? readEach : (link) => link.exchange(kmtronicStatusAll(channels)),
    identify: null,
    resynchronise: quiet,
  };
}

/** `FF channel 03`, answered with `FF channel state`. */
export function kmtronicStatus(channel: number): WireRequest<boolean> {
  return {
    bytes: Uint8Array.of(START, channel, STATUS),
    label: `read relay ${channel}`,
    replyTimeoutMs: REPLY_MS,
    match: matchFixed(3, `FF 0${channel} and 00 or 01`, ([start, seen, state]) =>
      start === START && seen === channel && (state === 0 || state === 1) ? state === 1 : null,
    ),
  };
}

/** `FF 09 00`, answered with one byte for each relay. */
export function kmtronicStatusAll(channels: number): WireRequest<readonly boolean[]> {
  return {
    bytes: Uint8Array.from(STATUS_ALL),
    label: 'read the relays',
    replyTimeoutMs: REPLY_MS,
    match: matchFixed(channels, `${channels} bytes of 00 or 01`, flagBytes),
  };
}

/** Whether it only asks. */
export function isKmtronicHarmless(bytes: Uint8Array): boolean {
  const [start, channel = 0, command] = bytes;
  if (bytes.length !== 3 || start !== START) return false;
  if (command === STATUS) return channel === 1 || channel === 2;
  return STATUS_ALL.every((byte, index) => bytes[index] === byte);
}

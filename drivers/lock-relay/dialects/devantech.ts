import { AgentError, type Link, unanswered, type WireRequest } from '../../kit/index.ts';
import { type Dialect, describeSwitch, quiet, REPLY_MS } from './dialect.ts';
import { matchFixed } from './fixed-reply.ts';

const VERSION = 0x5a;
const STATES = 0x5b;
const FIRST_ON = 0x65;
const FIRST_OFF = 0x6f;

/** One byte: 65 to 6C switch relays 1 to 8 on, 6F to 76 off. */
export function devantechFrame(channel: number, on: boolean): Uint8Array {
  return Uint8Array.of((on ? FIRST_ON : FIRST_OFF) + channel - 1);
}

/** Devantech USB-RLY boards: commands are not answered, questions are, and the board says which model it is. */
export function devantechDialect(title: string, channels: number, moduleId: number): Dialect {
  return {
    channels,
    link: 'serial',
    set: (channel, on) => unanswered({ bytes: devantechFrame(channel, on), label: describeSwitch(channel, on) }),
    readStates: (link) => link.exchange(devantechStates(channels)),
    async identify(link: Link) {
      const seen = await link.exchange(devantechVersion());
      if (seen.moduleId !== moduleId) throw otherModel(title, moduleId, seen.moduleId);
      const details = { module_id: seen.moduleId, firmware: String(seen.version) };
      return { manufacturer: 'Devantech', model: title.replace(/^Devantech /, ''), protocolSerial: null, details };
    },
    resynchronise: quiet,
  };
}

/** `5A`, answered with the module's id and the version of its firmware. */
export function devantechVersion(): WireRequest<{ readonly moduleId: number; readonly version: number }> {
  return {
    bytes: Uint8Array.of(VERSION),
    label: 'ask for the model',
    replyTimeoutMs: REPLY_MS,
    match: matchFixed(2, 'the id of the module and a version', ([moduleId = 0, version = 0]) => ({
      moduleId,
      version,
    })),
  };
}

/** `5B`, answered with a byte whose lowest bit is relay 1. */
export function devantechStates(channels: number): WireRequest<readonly boolean[]> {
  return {
    bytes: Uint8Array.of(STATES),
    label: 'read the relays',
    replyTimeoutMs: REPLY_MS,
    match: matchFixed(1, `a mask of ${channels} relays`, ([mask = 0]) =>
      mask < 2 ** channels ? Array.from({ length: channels }, (_, index) => ((mask >> index) & 1) === 1) : null,
    ),
  };
}

/** Whether it only asks: which model, which relays are on. */
export function isDevantechHarmless(bytes: Uint8Array): boolean {
  return bytes.length === 1 && (bytes[0] === VERSION || bytes[0] === STATES);
}

function otherModel(title: string, expected: number, seen: number): AgentError {
  return new AgentError('bad_reply', `This is no ${title}: module id ${expected} was expected, ${seen} was reported.`, {
    hint: 'Set `board` to the model that is printed on the board.',
    details: { expected, seen },
  });
}

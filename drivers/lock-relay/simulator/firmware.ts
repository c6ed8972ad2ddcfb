import { encodeHidFrame, type HidFrame, readHidFrame } from '../../kit/hid/index.ts';
import { concatBytes, decodeLatin1, encodeLatin1 } from '../../kit/index.ts';
import type { BoardName } from '../boards.table.ts';
import { boardOf } from '../boards.table.ts';
import type { Coils } from './coils.ts';
import type { BoardOptions } from './options.ts';

/** What a board's processor makes of the bytes it gets, one by one. */
export interface Firmware {
  /** Takes one byte; gives what it answers, and the whole command when this byte ended one. */
  take(byte: number): { readonly answer: Uint8Array | null; readonly command: Uint8Array | null };
  /** Forgets a command of which only a part came. */
  reset(): void;
}

const nothing = { answer: null, command: null } as const;
const none = new Uint8Array();

/** The firmware of a board, from its maker's description of the commands. */
export function firmwareOf(options: BoardOptions, coils: Coils): Firmware {
  const { dialect } = boardOf(options.board);
  switch (dialect.name) {
    case 'lcus':
      return lcus(coils, options.status);
    case 'kmtronic':
      return kmtronic(coils, dialect.status);
    case 'dcttech':
      return dcttech(coils, options.serial);
    case 'devantech':
      return devantech(coils, dialect.moduleId);
    case 'numato':
      return numato(coils);
  }
}

/** Fixed-length commands that begin with a known byte: `lengthOf` says how long, 0 for bytes that begin none. */
function framed(lengthOf: (first: number) => number, run: (command: Uint8Array) => Uint8Array | null): Firmware {
  let held: number[] = [];
  return {
    take(byte) {
      held.push(byte);
      const length = lengthOf(held[0] ?? 0);
      if (length === 0) held = [];
      if (held.length < length || length === 0) return nothing;
      const command = Uint8Array.from(held);
      held = [];
      return { answer: run(command), command };
    },
    reset() {
      held = [];
    },
  };
}

function flags(coils: Coils): Uint8Array {
  return Uint8Array.from(coils.states(), Number);
}

function lcus(coils: Coils, status: BoardOptions['status']): Firmware {
  const report = () => {
    if (status === 'bytes') return flags(coils);
    const lines = coils.states().map((on, index) => `CH${index + 1}: ${on ? 'ON' : 'OFF'}\r\n`);
    return status === 'lines' ? encodeLatin1(lines.join('')) : null;
  };
  return framed(
    (first) => (first === 0xa0 ? 4 : first === 0xff ? 1 : 0),
    ([start = 0, channel = 0, state = 0, sum]) => {
      if (start === 0xff) return report();
      if (sum === ((start + channel + state) & 0xff) && state <= 1) coils.set(channel, state === 1);
      return null;
    },
  );
}

function kmtronic(coils: Coils, status: 'single' | 'all'): Firmware {
  return framed(
    (first) => (first === 0xff ? 3 : 0),
    ([, channel = 0, command = 0]) => {
      if (status === 'all' && channel === 9 && command === 0) return flags(coils);
      if (status === 'single' && command === 3 && channel <= coils.count) {
        return Uint8Array.of(0xff, channel, coils.isOn(channel) ? 1 : 0);
      }
      if (command <= 1) coils.set(channel, command === 1);
      return null;
    },
  );
}

function devantech(coils: Coils, moduleId: number): Firmware {
  const all = (on: (channel: number) => boolean) => {
    for (let channel = 1; channel <= coils.count; channel += 1) coils.set(channel, on(channel));
    return null;
  };
  return framed(
    (first) => (first === 0x5c ? 2 : first >= 0x5a && first <= 0x76 ? 1 : 0),
    ([command = 0, mask = 0]) => {
      if (command === 0x5a) return Uint8Array.of(moduleId, 3);
      if (command === 0x5b) return Uint8Array.of(coils.states().reduce((sum, on, bit) => sum + (on ? 2 ** bit : 0), 0));
      if (command === 0x5c) return all((channel) => ((mask >> (channel - 1)) & 1) === 1);
      if (command === 0x5d) return Uint8Array.of(120);
      if (command === 0x64) return all(() => true);
      if (command === 0x6e) return all(() => false);
      if (command >= 0x65 && command <= 0x6c) coils.set(command - 0x64, true);
      if (command >= 0x6f) coils.set(command - 0x6e, false);
      return null;
    },
  );
}

/** Hears frames of the HID link, as its transport gives reports on. Only reports that set something are commands. */
function dcttech(coils: Coils, serial: string): Firmware {
  let held: Uint8Array = none;
  const set = ([command = 0, channel = 0]: Uint8Array) => {
    if (command === 0xff || command === 0xfd) coils.set(channel, command === 0xff);
    for (let each = 1; (command === 0xfe || command === 0xfc) && each <= coils.count; each += 1) {
      coils.set(each, command === 0xfe);
    }
  };
  const mask = () => coils.states().reduce((sum, on, bit) => sum + (on ? 2 ** bit : 0), 0);
  const answerTo = ({ kind, reportId, data }: HidFrame): HidFrame | null => {
    if (kind === 'set_feature' || kind === 'output') {
      set(data);
      return { kind: 'taken', reportId, data: none };
    }
    const report = concatBytes(encodeLatin1(serial), Uint8Array.of(0, 0, mask()));
    return kind === 'get_feature' ? { kind: 'feature', reportId, data: report } : null;
  };
  return {
    take(byte) {
      held = concatBytes(held, Uint8Array.of(byte));
      const reading = readHidFrame(held);
      if (reading.kind === 'incomplete') return nothing;
      held = none;
      const answer = reading.kind === 'frame' ? answerTo(reading.frame) : null;
      if (reading.kind === 'bad' || answer === null) return nothing;
      const command = answer.kind === 'taken' ? reading.frame.data : null;
      return { answer: encodeHidFrame(answer), command };
    },
    reset() {
      held = none;
    },
  };
}

function numato(coils: Coils): Firmware {
  let line = '';
  const hexDigits = Math.max(2, coils.count / 4);
  const run = (command: string): string => {
    const [, verb, index = ''] = /^relay (on|off|read) ([0-9A-V])$/.exec(command) ?? [];
    const channel = Number.parseInt(index, 36) + 1;
    if (verb === 'read') return `${coils.isOn(channel) ? 'on' : 'off'}\n\r`;
    if (verb !== undefined) {
      coils.set(channel, verb === 'on');
      return '';
    }
    if (command === 'relay readall') {
      const mask = coils.states().reduce((sum, on, bit) => sum + (on ? 1n << BigInt(bit) : 0n), 0n);
      return `${mask.toString(16).padStart(hexDigits, '0')}\n\r`;
    }
    if (command === 'ver') return 'A0B0C0D0\n\r';
    if (command === 'id get') return '00000000\n\r';
    return command === '' ? '' : 'Error\n\r';
  };
  return {
    // Each character is echoed as it comes; the carriage return begins the answer.
    take(byte) {
      if (byte !== 0x0d) {
        line += String.fromCharCode(byte);
        return { answer: Uint8Array.of(byte), command: null };
      }
      const command = line;
      line = '';
      return { answer: encodeLatin1(`\n\r${run(command)}>`), command: encodeLatin1(`${command}\r`) };
    },
    reset() {
      line = '';
    },
  };
}

/** A command for the record: text as text. */
export function describeCommand(board: BoardName, command: Uint8Array): string {
  if (boardOf(board).dialect.name === 'numato') return decodeLatin1(command).trim();
  return Array.from(command, (byte) => byte.toString(16).toUpperCase().padStart(2, '0')).join(' ');
}

/** Joins what a run of bytes was answered with. */
export function joinAnswers(answers: readonly (Uint8Array | null)[]): Uint8Array {
  return Uint8Array.from(answers.flatMap((answer) => [...(answer ?? none)]));
}

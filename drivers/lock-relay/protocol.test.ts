import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeLatin1, fromHex, type ReplyProgress, toHex, type WireRequest } from '../kit/index.ts';
import { boardNames, boardOf } from './boards.table.ts';
import { dcttechDialect, dcttechQuestion, readDcttechState } from './dialects/dcttech.ts';
import { devantechDialect, devantechStates, devantechVersion } from './dialects/devantech.ts';
import { dialectOf, isHarmless } from './dialects/index.ts';
import { kmtronicDialect, kmtronicStatus, kmtronicStatusAll } from './dialects/kmtronic.ts';
import { lcusDialect, lcusStatus } from './dialects/lcus.ts';
import { numatoDialect, numatoPrompt, numatoRequest, numatoStates } from './dialects/numato.ts';

const hex = (request: { readonly bytes: Uint8Array }) => toHex(request.bytes);
const text = (line: string) => encodeLatin1(line);

describe('commands, as the makers print them', () => {
  const lcus = lcusDialect(8, 'none');
  const kmtronic = kmtronicDialect(2, 'single');
  const devantech = devantechDialect('Devantech USB-RLY08', 8, 8);
  const numato = numatoDialect(32);
  const dcttech = dcttechDialect('dcttech USBRelay8', 8);

  it.each([
    ['LCUS 1 on', lcus.set(1, true), 'A0 01 01 A2'],
    ['LCUS 1 off', lcus.set(1, false), 'A0 01 00 A1'],
    ['LCUS 4 on', lcus.set(4, true), 'A0 04 01 A5'],
    ['LCUS 2 off', lcus.set(2, false), 'A0 02 00 A2'],
    ['LCUS status', lcusStatus(4, 'bytes'), 'FF'],
    ['KMTronic 1 on', kmtronic.set(1, true), 'FF 01 01'],
    ['KMTronic 1 off', kmtronic.set(1, false), 'FF 01 00'],
    ['KMTronic status of 1', kmtronicStatus(1), 'FF 01 03'],
    ['KMTronic status of all', kmtronicStatusAll(8), 'FF 09 00'],
    ['Devantech 1 on', devantech.set(1, true), '65'],
    ['Devantech 8 on', devantech.set(8, true), '6C'],
    ['Devantech 1 off', devantech.set(1, false), '6F'],
    ['Devantech 8 off', devantech.set(8, false), '76'],
    ['Devantech model', devantechVersion(), '5A'],
    ['Devantech states', devantechStates(8), '5B'],
    ['Numato 1 on', numato.set(1, true), '72 65 6C 61 79 20 6F 6E 20 30 0D'],
    ['Numato 11 off', numato.set(11, false), '72 65 6C 61 79 20 6F 66 66 20 41 0D'],
    ['Numato 32 on', numato.set(32, true), '72 65 6C 61 79 20 6F 6E 20 56 0D'],
    ['Numato prompt', numatoPrompt(), '0D'],
    ['dcttech 1 on', dcttech.set(1, true), 'E3 08 00 00 FF 01 00 00 00 00 00 00'],
    ['dcttech 1 off', dcttech.set(1, false), 'E3 08 00 00 FD 01 00 00 00 00 00 00'],
    ['dcttech states', dcttechQuestion(), 'E4 02 00 00 08 00'],
  ] as const)('%s', (_name, request, bytes) => {
    expect(hex(request)).toBe(bytes);
  });
});

const value = <T>(progress: ReplyProgress<T>) => (progress.kind === 'reply' ? progress.value : progress.kind);

describe('answers', () => {
  it.each([
    ['LCUS bytes', lcusStatus(4, 'bytes'), fromHex('00 01 00 01'), [false, true, false, true]],
    ['LCUS lines', lcusStatus(2, 'lines'), text('CH1: ON\r\nCH2: OFF\r\n'), [true, false]],
    ['KMTronic one', kmtronicStatus(1), fromHex('FF 01 01'), true],
    ['KMTronic all', kmtronicStatusAll(4), fromHex('01 00 00 01'), [true, false, false, true]],
    ['Devantech model', devantechVersion(), fromHex('0F 03'), { moduleId: 15, version: 3 }],
    ['Devantech states', devantechStates(8), fromHex('05'), [true, false, true, false, false, false, false, false]],
    ['Numato prompt after half a command', numatoPrompt(), text('rel\n\r>\n\r>'), null],
    ['Numato version', numatoRequest('ver', ([line]) => line ?? null), text('ver\n\rA0B0C0D0\n\r>'), 'A0B0C0D0'],
    ['Numato states', numatoStates(4), text('relay readall\n\r0a\n\r>'), [false, true, false, true]],
    ['Numato relay on', numatoDialect(1).set(1, true), text('relay on 0\n\r>'), true],
  ] as const)('%s', (_name, request: WireRequest<unknown>, bytes, expected) => {
    expect(value(request.match(bytes))).toEqual(expected);
    for (let length = 0; length < bytes.length; length += 1) {
      const early = request.match(bytes.subarray(0, length));
      // The LF of a line's end, and a second prompt, are not waited for.
      if (early.kind !== 'incomplete') expect(value(early)).toEqual(expected);
    }
  });

  it.each([
    ['LCUS bytes that are no flags', lcusStatus(2, 'bytes'), fromHex('00 02')],
    ['LCUS lines out of order', lcusStatus(2, 'lines'), text('CH2: ON\r\n')],
    ['more than was asked for', kmtronicStatusAll(4), fromHex('00 00 00 00 00')],
    ['another relay', kmtronicStatus(1), fromHex('FF 02 01')],
    ['a state that is none', kmtronicStatus(1), fromHex('FF 01 03')],
    ['relays that are not there', devantechStates(2), fromHex('04')],
    ['an echo that is not ours', numatoStates(4), text('relay on 0\n\r>')],
    ['more relays than there are', numatoStates(4), text('relay readall\n\r1f\n\r>')],
    ['words for digits', numatoStates(4), text('relay readall\n\rError\n\r>')],
    ['a refusal', numatoDialect(1).set(1, true), text('relay on 0\n\rError\n\r>')],
  ] as const)('%s is bad', (_name, request: WireRequest<unknown>, bytes) => {
    expect(request.match(bytes).kind).toBe('bad');
  });
});

const boards = fc.constantFrom(...boardNames);
const statuses = fc.constantFrom('none' as const, 'lines' as const, 'bytes' as const);

describe('every dialect', () => {
  it('has no command among its harmless frames, and each command once', () => {
    fc.assert(
      fc.property(boards, statuses, (board, status) => {
        const { channels, set } = dialectOf({ board, status });
        const frames = Array.from({ length: channels }, (_, index) => [set(index + 1, true), set(index + 1, false)]);
        const bytes = frames.flat().map((request) => toHex(request.bytes));
        expect(new Set(bytes).size).toBe(2 * channels);
        for (const request of frames.flat()) expect(isHarmless(request.bytes)).toBe(false);
      }),
    );
  });

  it('opens a session with nothing that any board would act on', () => {
    for (const board of boardNames) {
      const { resynchronise } = dialectOf({ board, status: 'none' });
      if (resynchronise.type === 'question') {
        expect([...resynchronise.request.bytes]).toEqual([0x0d]);
        expect(isHarmless(resynchronise.request.bytes)).toBe(true);
      }
    }
  });

  it('never throws at what arrives, and never reads a state out of what it does not know', () => {
    const requests = boardNames.flatMap((board): readonly WireRequest<unknown>[] => {
      const { channels, dialect } = boardOf(board);
      if (dialect.name === 'lcus') return [lcusStatus(channels, 'bytes'), lcusStatus(channels, 'lines')];
      if (dialect.name === 'numato') return [numatoStates(channels), numatoPrompt()];
      return dialect.name === 'kmtronic'
        ? [kmtronicStatus(1), kmtronicStatusAll(channels)]
        : [devantechStates(channels), devantechVersion()];
    });
    fc.assert(
      fc.property(fc.constantFrom(...requests), fc.uint8Array({ maxLength: 200 }), (request, bytes) => {
        const progress = request.match(bytes);
        if (progress.kind === 'reply') expect(progress.consumed).toBeLessThanOrEqual(bytes.length);
      }),
    );
  });

  it('lets nothing pass as harmless that is not one of its questions', () => {
    const questions = new Set(['0D', 'FF', '5A', '5B', 'FF 01 03', 'FF 02 03', 'FF 09 00']);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 12 }), (bytes) => {
        const isText = /^(ver|id get|relay read(all| [0-9A-V]))\r$/.test(Buffer.from(bytes).toString('latin1'));
        expect(isHarmless(bytes)).toBe(isText || questions.has(toHex(bytes)));
      }),
    );
    expect(isHarmless(text('relay readall\r'))).toBe(true);
    expect(isHarmless(text('relay writeall ff\r'))).toBe(false);
    expect(isHarmless(text('ver\rrelay on 0\r'))).toBe(false);
    expect(isHarmless(fromHex('FF 09 01'))).toBe(false);
    expect(isHarmless(fromHex('5C FF'))).toBe(false);
  });
});

describe("a dcttech board's report", () => {
  const read = (hexText: string, channels = 2) => readDcttechState(fromHex(hexText), channels);

  it('has five characters of serial number and the relays in its last byte', () => {
    expect(read('42 49 54 46 54 00 00 03')).toEqual({ serial: 'BITFT', relays: [true, true] });
    expect(read('30 55 37 30 4D 00 00 80', 8).relays.indexOf(true)).toBe(7);
    expect(read('52 31 00 00 00 00 00 01')).toEqual({ serial: 'R1', relays: [true, false] });
  });

  it.each([
    ['shifted by a report id', '01 42 49 54 46 54 00 00'],
    ['shorter', '42 49 54 46 54 00 00'],
    ['of more relays than the board has', '42 49 54 46 54 00 00 04'],
    ['without a serial number', '00 00 00 00 00 00 00 01'],
    ['with a hole in it', '42 00 54 46 54 00 00 01'],
  ])('is unreadable when it is %s', (_name, hexText) => {
    expect(() => read(hexText)).toThrow(expect.objectContaining({ code: 'bad_reply' }));
  });

  it('is asked for harmlessly; nothing else that could be sent is harmless', () => {
    expect(isHarmless(dcttechQuestion().bytes)).toBe(true);
    for (const frame of ['E3 08 00 00 FA 41 42 43 44 45 00 00', 'E2 01 00 00 FE', 'E4 02 00 01 08 00 00']) {
      expect(isHarmless(fromHex(frame))).toBe(false);
    }
  });
});

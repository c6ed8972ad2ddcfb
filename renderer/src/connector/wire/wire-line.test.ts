import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { WireEntry } from '../../live/wire.ts';
import { asTextFile, hexOf, matchesLine, textOf, textParts, wireLine } from './wire-line.ts';

const call = { purpose: 'read', tool: 'weight.read', journal_id: null, label: 'read the weight (SI)' } as const;
const frame = (bytes: Uint8Array, direction: 'in' | 'out' = 'in'): WireEntry => ({
  direction,
  at: '2026-07-02T15:00:00.123Z',
  hex: hexOf(bytes),
  omitted: 0,
  masked: [],
  call,
});
const latin1 = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));
const line = (text: string) => wireLine(1, frame(latin1(text)));

describe('a line of the wire', () => {
  it('gives back the bytes of its hex, whatever they are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 50 }), (bytes) => {
        expect([...wireLine(1, frame(bytes)).bytes]).toEqual([...bytes]);
      }),
    );
  });

  it('shows control characters as pictures, UTF-8 as it is, and other bytes as dots', () => {
    expect(textOf(latin1('S S 1.0 g\r\n'))).toBe('S S 1.0 g␍␊');
    expect(textOf(new TextEncoder().encode('Grüße 你好'))).toBe('Grüße 你好');
    expect(textOf(Uint8Array.of(0x1b, 0x40, 0xff, 0x41))).toBe('␛@·A');
  });

  it('names each control character, and takes no picture for one that a device sent', () => {
    expect(textParts(latin1('\x02A\r\n\x7f'))).toEqual([
      { control: 'STX' },
      { text: 'A' },
      { control: 'CR' },
      { control: 'LF' },
      { control: 'DEL' },
    ]);
    expect(textParts(new TextEncoder().encode('␍'))).toEqual([{ text: '·' }]);
  });

  it('never lets what a device sends turn the direction of the text around', () => {
    expect(textOf(new TextEncoder().encode('a\u202eb'))).toBe('a·b');
  });

  it('is found by text, by hex at whole bytes, and by what it was for', () => {
    const found = (sought: string) => matchesLine(line('S S 1.0 g'), { direction: 'all', sought });
    expect(['s s', '53 20', '5320', 'weight', 'read the'].map(found)).toEqual([true, true, true, true, true]);
    expect(['X', '32 05', '3205', '5'].map(found)).toEqual([false, false, false, false]);
    expect(matchesLine(line('S'), { direction: 'out', sought: '' })).toBe(false);
  });

  it('is a line of a text file', () => {
    expect(asTextFile([wireLine(1, frame(latin1('SI\r\n'), 'out'))], 'hex')).toBe(
      '2026-07-02T15:00:00.123Z  ->  53 49 0D 0A  (weight.read: read the weight (SI))\n',
    );
  });
});

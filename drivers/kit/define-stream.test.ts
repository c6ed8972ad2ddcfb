import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineStream } from './define-stream.ts';
import { decodeLatin1, encodeLatin1 } from './lines.ts';
import { eachFrame, type StreamProgress } from './stream.ts';
import { checkStreamLaws, hear } from './testing/stream-laws.ts';

type Word = { readonly word: string };

/** Words between `<` and `>`. */
function matchWord(buffer: Uint8Array): StreamProgress<Word> {
  const text = decodeLatin1(buffer);
  if (!text.startsWith('<')) {
    const start = text.indexOf('<');
    return { kind: 'bad', consumed: start < 0 ? buffer.length : start, expected: '<' };
  }
  const end = text.indexOf('>');
  if (end < 0) return { kind: 'incomplete' };
  const word = text.slice(1, end);
  if (word === '') return { kind: 'skip', consumed: end + 1 };
  return { kind: 'frame', frame: { word }, consumed: end + 1 };
}

const stream = (match: (buffer: Uint8Array, idle: boolean) => StreamProgress<Word> = matchWord) =>
  defineStream({
    capability: 'word.read',
    title: 'Words',
    description: 'Words.',
    item: z.strictObject({ word: z.string() }),
    delivery: 'each',
    personal: false,
    expectedIntervalMs: null,
    idleMs: 50,
    maxFrameBytes: 8,
    match,
    gather: eachFrame<Word>(),
  });
const bytes = encodeLatin1;

describe('a stream', () => {
  it('gives items however they were split, passes over what is of no interest, and counts what is lost', () => {
    expect(hear(stream(), [bytes('<one><>##<t'), bytes('wo>')])).toEqual([{ word: 'one' }, 2, { word: 'two' }]);
  });

  it('keeps half an item until silence says that the rest will not come', () => {
    expect(hear(stream(), [bytes('<on')], 'open')).toEqual([]);
    expect(hear(stream(), [bytes('<on')])).toEqual([3]);
  });

  it('loses an item that is too long up to its end, and takes no tail of it for an item', () => {
    expect(hear(stream(), [bytes('<123456789><ok>')])).toEqual([11, { word: 'ok' }]);
    const tail = stream((buffer) => {
      const end = decodeLatin1(buffer).indexOf('>');
      if (end < 0) return { kind: 'incomplete' };
      return { kind: 'frame', frame: { word: decodeLatin1(buffer.subarray(0, end)) }, consumed: end + 1 };
    });
    expect(hear(tail, [bytes('123456789>ok>')])).toEqual([10, { word: 'ok' }]);
  });

  it('is not stopped by a matcher that throws, takes nothing, or takes too much', () => {
    const faults: readonly ((buffer: Uint8Array) => StreamProgress<Word>)[] = [
      () => {
        throw new Error('a fault');
      },
      () => ({ kind: 'skip', consumed: 0 }),
      (buffer) => ({ kind: 'frame', frame: { word: '' }, consumed: buffer.length + 1 }),
    ];
    for (const fault of faults) expect(hear(stream(fault), [bytes('abc'), bytes('de')])).toEqual([5]);
  });

  it('holds every law of streams', () => {
    checkStreamLaws(stream(), fc.constantFrom('<a>', '<bcd>', '<>', '<1234567890>', '>', 'x').map(bytes));
  });
});

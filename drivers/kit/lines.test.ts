import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeLatin1, encodeLatin1, type LineVerdict, matchLines } from './lines.ts';
import type { ReplyProgress } from './link.ts';

const bytes = encodeLatin1;

/** Answers with `=`, more lines with `+`, errors with `!`; all else is not for us. */
function judge(line: string, before: readonly string[]): LineVerdict<string> {
  if (line.startsWith('=')) return { kind: 'reply', value: [...before, line].join('|') };
  if (line.startsWith('+')) return { kind: 'more' };
  if (line.startsWith('!')) return { kind: 'bad', expected: 'a line with =' };
  return { kind: 'skip' };
}

/** Feeds chunks as a session does: a pure matcher over what was not discarded. */
function feed(chunks: readonly Uint8Array[]): { readonly end: ReplyProgress<string>; readonly rest: string } {
  let buffer = Buffer.alloc(0);
  let end: ReplyProgress<string> = { kind: 'incomplete' };
  for (const chunk of chunks) {
    buffer = Buffer.concat([buffer, chunk]);
    if (end.kind === 'reply') continue;
    end = matchLines(judge)(buffer);
    if (end.kind === 'reply') buffer = buffer.subarray(end.consumed);
    if (end.kind === 'incomplete') buffer = buffer.subarray(end.discard ?? 0);
  }
  return { end, rest: decodeLatin1(buffer) };
}

describe('matchLines', () => {
  it.each(['\r\n', '\r', '\n'])('ends a line at %j and consumes it whole', (eol) => {
    expect(matchLines(judge)(bytes(`=1${eol}=2`))).toEqual({ kind: 'reply', value: '=1', consumed: 2 + eol.length });
  });

  it('gives back the lines that are no part of the reply, also those in the middle of it', () => {
    expect(matchLines(judge)(bytes('x\r\n+1\r\ny\r\n=2\r\n'))).toEqual({
      kind: 'reply',
      value: '+1|=2',
      consumed: 14,
      passedOver: bytes('x\ry\r'),
    });
  });

  it('waits while the line has no end, and discards nothing of it', () => {
    expect(matchLines(judge)(bytes('=1'))).toEqual({ kind: 'incomplete', discard: 0 });
  });

  it('passes over lines for others and lets them be dropped', () => {
    expect(matchLines(judge)(bytes('I4 A\r\n\r\n=1'))).toEqual({ kind: 'incomplete', discard: 8 });
    expect(matchLines(judge)(bytes('I4 A\r\n=1\r\n'))).toMatchObject({ kind: 'reply', value: '=1', consumed: 10 });
  });

  it('keeps the lines of a longer reply until it is whole', () => {
    expect(matchLines(judge)(bytes('x\r\n+1\r\ny\r\n+2\r\n'))).toEqual({ kind: 'incomplete', discard: 3 });
    expect(matchLines(judge)(bytes('+1\r\ny\r\n+2\r\n=3\r\n'))).toMatchObject({ kind: 'reply', value: '+1|+2|=3' });
  });

  it('names what it expected and the line it saw', () => {
    expect(matchLines(judge)(bytes('!no\r\n'))).toEqual({ kind: 'bad', expected: 'a line with =', seen: '"!no"' });
  });

  it('gives up on a stream without line ends', () => {
    expect(matchLines(judge)(new Uint8Array(1024).fill(0x41)).kind).toBe('incomplete');
    expect(matchLines(judge)(new Uint8Array(1025).fill(0x41))).toMatchObject({
      kind: 'bad',
      expected: 'a line of text',
    });
  });

  it('gives the same reply however it is split', () => {
    const transcripts = fc.array(fc.constantFrom('=end', '+part', 'other', '', 'I4 A "1"'), { maxLength: 8 });
    const eols = fc.constantFrom('\r\n', '\r', '\n');
    fc.assert(
      fc.property(transcripts, eols, fc.array(fc.nat(60), { maxLength: 12 }), (lines, eol, cuts) => {
        const whole = bytes([...lines, '=last', ''].join(eol));
        const marks = [0, ...cuts.filter((cut) => cut < whole.length).sort((a, b) => a - b), whole.length];
        const chunks = marks.slice(1).map((mark, index) => whole.subarray(marks[index], mark));
        const split = feed(chunks);
        const atOnce = feed([whole]);
        expect(split.end).toMatchObject({ kind: 'reply' });
        if (split.end.kind === 'reply' && atOnce.end.kind === 'reply') expect(split.end.value).toBe(atOnce.end.value);
        // A line feed that comes after its carriage return was taken stays behind; the next match drops it.
        const withoutEnds = (text: string) => text.replace(/^[\r\n]+/, '');
        expect(withoutEnds(split.rest)).toBe(withoutEnds(atOnce.rest));
      }),
    );
  });

  it('never throws on any bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 2048 }), (noise) => void matchLines(judge)(noise)));
  });

  it('turns any bytes to text and back, also in a view into a larger buffer', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.nat(5), (data, offset) => {
        const view = Uint8Array.from([...new Uint8Array(offset), ...data, 9]).subarray(offset, offset + data.length);
        expect([...encodeLatin1(decodeLatin1(view))]).toEqual([...data]);
      }),
    );
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createEventScanner } from './event-scanner.ts';

const eventOf = (message: object) => `event: message\ndata: ${JSON.stringify(message)}\n\n`;
const progress = eventOf({ jsonrpc: '2.0', method: 'notifications/progress', params: { progress: 1, result: 'id' } });
const answer = eventOf({ jsonrpc: '2.0', id: 1, result: { content: [{ type: 'text', text: '"method":\n' }] } });
const failure = eventOf({ jsonrpc: '2.0', id: 1, error: { code: -32_000, message: 'no' } });
const quiet = [': keepalive\n\n', 'id: 7\nretry: 1000\ndata: \n\n', progress, 'data: not json\n\n'];

/** The text in pieces, cut at any place. */
const inPieces = (text: string) =>
  fc.array(fc.nat(text.length), { maxLength: 20 }).map((cuts) => {
    const places = [0, ...cuts.sort((left, right) => left - right), text.length];
    return places.slice(1).map((end, index) => text.slice(places[index], end));
  });

describe('what passes as events', () => {
  const events = fc.array(fc.constantFrom(...quiet, answer, failure), { maxLength: 8 });

  it('is known to hold the answer or not, wherever it is cut', () => {
    fc.assert(
      fc.property(
        events.chain((list) => inPieces(list.join('')).map((pieces) => ({ list, pieces }))),
        ({ list, pieces }) => {
          const scanner = createEventScanner();
          for (const piece of pieces) scanner.pass(piece);
          expect(scanner.hasAnswer).toBe(list.includes(answer) || list.includes(failure));
          expect(scanner.isBetween).toBe(true);
        },
      ),
    );
  });

  it('has no answer before its last line, and is between events only then', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: answer.length - 1 }), (length) => {
        const scanner = createEventScanner();
        scanner.pass(progress + answer.slice(0, length));
        expect([scanner.hasAnswer, scanner.isBetween]).toEqual([false, false]);
        scanner.pass(answer.slice(length));
        expect([scanner.hasAnswer, scanner.isBetween]).toEqual([true, true]);
      }),
    );
  });

  it('is taken for an answer when it is too long to be looked at', () => {
    const scanner = createEventScanner();
    const long = eventOf({ jsonrpc: '2.0', id: 1, result: { text: 'x'.repeat(1_000_000) } });
    scanner.pass(long.slice(0, 900_000));
    expect(scanner.hasAnswer).toBe(false);
    scanner.pass(long.slice(900_000));
    expect(scanner.hasAnswer).toBe(true);
  });

  it('may end its lines as HTML allows', () => {
    const scanner = createEventScanner();
    for (const text of answer.replaceAll('\n\n', '\r\n\r\n')) scanner.pass(text);
    expect([scanner.hasAnswer, scanner.isBetween]).toEqual([true, true]);
  });
});

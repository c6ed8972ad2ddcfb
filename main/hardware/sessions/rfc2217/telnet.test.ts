import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concatBytes, fromHex } from '../../../../drivers/kit/index.ts';
import { createTelnetDecoder, encodeTelnet, escapeData, LONGEST_PAYLOAD, type TelnetEvent } from './telnet.ts';

const byte = fc.integer({ min: 0, max: 255 });
const bytes = (maxLength: number) => fc.uint8Array({ minLength: 1, maxLength });
const event: fc.Arbitrary<TelnetEvent> = fc.oneof(
  fc.record({ type: fc.constant('data' as const), bytes: bytes(20) }),
  fc.record({
    type: fc.constant('negotiation' as const),
    verb: fc.constantFrom('will', 'wont', 'do', 'dont'),
    option: byte,
  }),
  fc.record({ type: fc.constant('subnegotiation' as const), option: byte, payload: fc.uint8Array({ maxLength: 20 }) }),
  // NOP, data mark ... go ahead.
  fc.record({ type: fc.constant('command' as const), code: fc.integer({ min: 241, max: 249 }) }),
);

/** Neighbouring data as one piece, however it came. */
function joined(events: readonly TelnetEvent[]): readonly TelnetEvent[] {
  const all: TelnetEvent[] = [];
  for (const next of events) {
    const last = all.at(-1);
    if (last?.type !== 'data' || next.type !== 'data') all.push(next);
    else all.splice(-1, 1, { type: 'data', bytes: concatBytes(last.bytes, next.bytes) });
  }
  return all;
}

/** Cuts bytes at these places. */
function cut(whole: Uint8Array, places: readonly number[]): readonly Uint8Array[] {
  const ends = [...places.map((place) => place % (whole.length + 1)), whole.length].sort((a, b) => a - b);
  return ends.map((end, index) => whole.subarray(ends[index - 1] ?? 0, end));
}

const decode = (...chunks: readonly Uint8Array[]) => {
  const decoder = createTelnetDecoder();
  return joined(chunks.flatMap((chunk) => decoder.push(chunk)));
};

describe('a Telnet connection', () => {
  it('reads what ser2net 4.3 says first', () => {
    expect(decode(fromHex('FF FB 03 FF FD 2C FF FA 2C 6B 00 FF F0 41 FF FF 42'))).toEqual([
      { type: 'negotiation', verb: 'will', option: 3 },
      { type: 'negotiation', verb: 'do', option: 44 },
      { type: 'subnegotiation', option: 44, payload: Uint8Array.of(107, 0) },
      { type: 'data', bytes: Uint8Array.of(0x41, 0xff, 0x42) },
    ]);
  });

  it('reads back everything that can be said, however it is split', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 12 }), fc.array(fc.nat(), { maxLength: 12 }), (said, places) => {
        expect(decode(...cut(concatBytes(...said.map(encodeTelnet)), places))).toEqual(joined(said));
      }),
    );
  });

  it('makes the same of any bytes whatever the split, and never throws', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), fc.array(fc.nat(), { maxLength: 8 }), (noise, places) => {
        expect(decode(...cut(noise, places))).toEqual(decode(noise));
      }),
    );
  });

  it('sends IAC twice, and every other byte as it is', () => {
    const plain = Uint8Array.from({ length: 255 }, (_, index) => index);
    expect(escapeData(plain)).toEqual(plain);
    expect(escapeData(Uint8Array.of(255, 13, 0, 255))).toEqual(Uint8Array.of(255, 255, 13, 0, 255, 255));
  });

  it('drops a subnegotiation that does not end, and goes on after it', () => {
    const endless = new Uint8Array(10 * LONGEST_PAYLOAD);
    const rest = Uint8Array.of(255, 240, 0x41);
    expect(decode(Uint8Array.of(255, 250, 44), endless, rest)).toEqual([{ type: 'data', bytes: Uint8Array.of(0x41) }]);
  });

  it('takes another command for the end of a subnegotiation whose own was lost', () => {
    expect(decode(Uint8Array.of(255, 250, 44, 107, 1, 255, 251, 3, 0x41))).toEqual([
      { type: 'subnegotiation', option: 44, payload: Uint8Array.of(107, 1) },
      { type: 'negotiation', verb: 'will', option: 3 },
      { type: 'data', bytes: Uint8Array.of(0x41) },
    ]);
  });
});

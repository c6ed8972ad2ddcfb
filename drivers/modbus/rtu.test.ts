import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concatBytes, fromHex, type ReplyProgress, toHex, type WireRequest } from '../kit/index.ts';
import { withCrc } from './crc.ts';
import { type PduRequest, readCoils, readDeviceIdentification, readRegisters, writeCoil } from './pdu.ts';
import { isHarmlessFrame, rtuRequest } from './rtu.ts';

const unit1 = { unit: 1, replyTimeoutMs: 300, characterTimeMs: 10_000 / 9_600, adapterEchoes: false };
const climate = readRegisters('input', { start: 1, count: 2 });
const CLIMATE_REPLY = '01 04 04 01 31 02 22 2A CE';

/** What a session would make of chunks: the first verdict that is not `incomplete`. */
function feed<T>(request: WireRequest<T>, chunks: readonly Uint8Array[]): ReplyProgress<T> {
  let buffer: Uint8Array = new Uint8Array();
  for (const chunk of chunks) {
    buffer = concatBytes(buffer, chunk);
    const progress = request.match(buffer);
    if (progress.kind !== 'incomplete') return progress;
    buffer = buffer.subarray(progress.discard ?? 0);
  }
  return { kind: 'incomplete' };
}

function answerTo<T>(pdu: PduRequest<T>, hex: string, options: Partial<typeof unit1> = {}) {
  return rtuRequest(pdu, { ...unit1, ...options }).match(fromHex(hex));
}

describe('RTU requests', () => {
  it.each([
    [climate, '01 04 00 01 00 02 20 0B'],
    [readRegisters('holding', { start: 0x0101, count: 2 }), '01 03 01 01 00 02 94 37'],
    [readRegisters('holding', { start: 0x8000, count: 1 }), '01 03 80 00 00 01 AD CA'],
    [readRegisters('input', { start: 0x34, count: 2 }), '01 04 00 34 00 02 30 05'],
    [readCoils({ start: 0, count: 8 }), '01 01 00 00 00 08 3D CC'],
    [writeCoil(0, true), '01 05 00 00 FF 00 8C 3A'],
    [writeCoil(0, false), '01 05 00 00 00 00 CD CA'],
    [readDeviceIdentification(), '01 2B 0E 01 00 70 77'],
  ] as readonly (readonly [PduRequest<unknown>, string])[])('%# are the bytes of the manual', (pdu, hex) => {
    expect(toHex(rtuRequest(pdu, unit1).bytes)).toBe(hex);
  });

  it('refuses a span that the protocol does not have', () => {
    expect(() => readRegisters('input', { start: 0, count: 126 })).toThrow(RangeError);
    expect(() => readRegisters('input', { start: 65_535, count: 2 })).toThrow(RangeError);
    expect(() => readCoils({ start: -1, count: 1 })).toThrow(RangeError);
  });

  it('gives a long reply at a low speed the time it takes on the wire', () => {
    const long = readRegisters('input', { start: 0, count: 125 });
    expect(rtuRequest(long, { ...unit1, characterTimeMs: 10 }).replyTimeoutMs).toBe(300 + 255 * 10);
  });
});

describe('RTU replies', () => {
  it('reads registers', () => {
    expect(answerTo(climate, CLIMATE_REPLY)).toEqual({
      kind: 'reply',
      value: { kind: 'normal', value: [0x0131, 0x0222] },
      consumed: 9,
    });
  });

  it('reads coils, lowest bit first', () => {
    const progress = answerTo(readCoils({ start: 0, count: 8 }), toHex(withCrc(fromHex('01 01 01 41'))));
    expect(progress).toMatchObject({
      value: { kind: 'normal', value: [true, false, false, false, false, false, true, false] },
    });
  });

  it('reads the answer in the manual of the relay board', () => {
    expect(answerTo(readCoils({ start: 0, count: 8 }), '01 01 01 00 51 88')).toMatchObject({
      value: { kind: 'normal', value: Array.from({ length: 8 }, () => false) },
    });
  });

  it('reads the basic identification', () => {
    const objects = '00 04 41 63 6D 65 01 02 52 38 02 03 31 2E 30';
    const reply = withCrc(fromHex(`01 2B 0E 01 01 00 00 03 ${objects}`));
    const progress = feed(rtuRequest(readDeviceIdentification(), unit1), [reply]);
    expect(progress).toMatchObject({
      kind: 'reply',
      value: {
        kind: 'normal',
        value: new Map([
          [0, 'Acme'],
          [1, 'R8'],
          [2, '1.0'],
        ]),
      },
    });
  });

  it.each([
    [readRegisters('input', { start: 0, count: 1 }) as PduRequest<unknown>, '01 84 02 C2 C1', 2],
    [readDeviceIdentification(), '01 AB 01 9E F0', 1],
    [writeCoil(0, true), '01 85 06 C2 92', 6],
  ] as const)('%# reads an exception', (pdu, hex, code) => {
    const reply = toHex(withCrc(fromHex(hex).slice(0, 3)));
    expect(reply).toBe(hex);
    expect(answerTo(pdu, hex)).toEqual({ kind: 'reply', value: { kind: 'exception', code }, consumed: 5 });
  });

  it.each([
    ['a glitch byte 00', '00'],
    ['a glitch byte FF', 'FF'],
    ['an echo of the request', '01 04 00 01 00 02 20 0B'],
    ['a glitch and an echo', 'FF 01 04 00 01 00 02 20 0B'],
    ['a late frame of another unit', '02 04 04 01 31 02 22 19 CE'],
    ['a late frame of another function', '01 05 00 00 FF 00 8C 3A'],
    ['a late reply of another length', '01 04 02 01 31 78 B4'],
    ['bytes that begin like the reply', '01 04 04 01 04 04 01 31'],
  ])('passes over %s', (_name, noise) => {
    expect(answerTo(climate, `${noise} ${CLIMATE_REPLY}`)).toMatchObject({
      kind: 'reply',
      value: { value: [0x0131, 0x0222] },
    });
  });

  it.each([
    ['nothing', ''],
    ['half a reply', '01 04 04 01'],
    ['another unit', '02 04 04 01 31 02 22 19 CE'],
    ['another function', '01 03 04 01 31 02 22 2A 79'],
  ])('waits on at %s', (_name, hex) => {
    expect(answerTo(climate, hex)).toEqual({ kind: 'incomplete' });
  });

  it('says so when the CRC is wrong', () => {
    expect(answerTo(climate, '01 04 04 01 31 02 22 2A CF')).toMatchObject({
      kind: 'bad',
      seen: '01 04 04 01 31 02 22 2A CF',
    });
  });

  it('says so when the wrong CRC ends like the beginning of another frame', () => {
    expect(answerTo(climate, '01 04 04 01 31 02 22 2A 01')).toMatchObject({ kind: 'bad' });
  });

  it('gives up on endless noise', () => {
    const noise = new Uint8Array(600).fill(0x55);
    expect(rtuRequest(climate, unit1).match(noise)).toMatchObject({ kind: 'bad' });
  });

  it('finds its reply behind an echo that looks like the beginning of a reply', () => {
    const pdu = readRegisters('input', { start: 0x0400, count: 2 });
    const request = rtuRequest(pdu, unit1).bytes;
    expect(feed(rtuRequest(pdu, unit1), [request, fromHex(CLIMATE_REPLY)])).toMatchObject({
      kind: 'reply',
      consumed: 17,
    });
  });

  describe('to a write, which repeat the request', () => {
    const WRITE = '01 05 00 00 FF 00 8C 3A';

    it('are the first copy on a plain adapter', () => {
      expect(answerTo(writeCoil(0, true), WRITE)).toMatchObject({ kind: 'reply', consumed: 8 });
    });

    it('are the second copy on an adapter that echoes', () => {
      expect(answerTo(writeCoil(0, true), WRITE, { adapterEchoes: true })).toEqual({ kind: 'incomplete' });
      expect(answerTo(writeCoil(0, true), `${WRITE} ${WRITE}`, { adapterEchoes: true })).toMatchObject({
        kind: 'reply',
        consumed: 16,
      });
    });

    it('are not those to another write', () => {
      expect(answerTo(writeCoil(0, true), '01 05 00 00 00 00 CD CA')).toEqual({ kind: 'incomplete' });
      expect(answerTo(writeCoil(0, true), '01 05 00 01 FF 00 DD FA')).toEqual({ kind: 'incomplete' });
    });
  });
});

describe('RTU matching in general', () => {
  const words = fc.array(fc.nat(0xffff), { minLength: 1, maxLength: 125 });
  const unit = fc.integer({ min: 1, max: 247 });
  const cuts = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 });
  const replyTo = (address: number, values: readonly number[]) =>
    withCrc(Uint8Array.of(address, 4, values.length * 2, ...values.flatMap((word) => [word >> 8, word & 0xff])));
  const inChunks = (bytes: Uint8Array, sizes: readonly number[]): Uint8Array[] => {
    const chunks: Uint8Array[] = [];
    for (let start = 0, turn = 0; start < bytes.length; turn += 1) {
      const size = sizes[turn % sizes.length] ?? 1;
      chunks.push(bytes.subarray(start, start + size));
      start += size;
    }
    return chunks;
  };

  it('gets any words through any chunks, behind noise and an echo, and leaves what follows', () => {
    fc.assert(
      fc.property(
        words,
        unit,
        cuts,
        fc.uint8Array({ maxLength: 40 }),
        fc.boolean(),
        (values, address, sizes, noise, echo) => {
          fc.pre(!noise.includes(address));
          const request = rtuRequest(readRegisters('input', { start: 7, count: values.length }), {
            ...unit1,
            unit: address,
          });
          const before = concatBytes(noise, ...(echo ? [request.bytes] : []));
          const reply = replyTo(address, values);
          const trailing = Uint8Array.of(0xff, 0x00);
          const progress = feed(request, inChunks(concatBytes(before, reply, trailing), sizes));
          expect(progress).toEqual({
            kind: 'reply',
            value: { kind: 'normal', value: values },
            consumed: before.length + reply.length,
          });
        },
      ),
    );
  });

  it('decides the same however the bytes are cut', () => {
    const piece = fc.oneof(
      fc.uint8Array({ maxLength: 12 }),
      fc
        .constantFrom(
          '01',
          '01 04',
          '01 04 04',
          CLIMATE_REPLY,
          '01 04 00 01 00 02 20 0B',
          '01 84 02 C2 C1',
          '01 04 04 01 31 02 22 2A 01',
        )
        .map(fromHex),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), cuts, (pieces, sizes) => {
        const bytes = concatBytes(...pieces);
        const request = rtuRequest(climate, unit1);
        expect(feed(request, inChunks(bytes, sizes))).toEqual(feed(request, [bytes]));
      }),
      { numRuns: 2_000 },
    );
  });

  it('never takes a damaged reply for a good one', () => {
    fc.assert(
      fc.property(words, fc.nat(), (values, position) => {
        const reply = replyTo(1, values);
        const bit = position % (reply.length * 8);
        const damaged = reply.map((byte, index) => (index === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
        const request = rtuRequest(readRegisters('input', { start: 0, count: values.length }), unit1);
        return request.match(damaged).kind !== 'reply';
      }),
    );
  });
});

describe('the gate for frames without a permit', () => {
  it.each([
    '01 04 00 01 00 02 20 0B',
    '01 01 00 00 00 08 3D CC',
    '01 2B 0E 01 00 70 77',
    '01 11 C0 2C',
    '01 03 80 00 00 01 AD CA',
  ])('lets %s through', (hex) => {
    expect(isHarmlessFrame(fromHex(hex))).toBe(true);
  });

  it.each([
    ['switching a relay', '01 05 00 00 FF 00 8C 3A'],
    ['setting all relays', '01 0F 00 00 00 08 01 FF BE D5'],
    ['writing a register', '01 06 00 01 01 00 D9 9A'],
    ['writing registers', '01 10 00 1C 00 02 04 40 00 00 00 E7 36'],
    ['an energy reset', '01 42 80 11'],
    ['a diagnostic echo', '01 08 00 00 12 34 ED 7C'],
    ['a broadcast read', '00 03 40 00 00 01 90 1B'],
    ['a reserved address', 'F8 04 00 00 00 0A 64 64'],
    ['a wrong CRC', '01 04 00 01 00 02 20 0C'],
    ['a read with a write behind it', '01 04 00 01 00 02 20 0B 01 05 00 00 FF 00 8C 3A'],
    ['half a read', '01 04 00 01'],
    ['nothing', ''],
  ])('stops %s', (_name, hex) => {
    expect(isHarmlessFrame(fromHex(hex))).toBe(false);
  });

  it('stops every valid frame of any other function', () => {
    const allowed = [0x01, 0x02, 0x03, 0x04, 0x11, 0x2b];
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 2, maxLength: 20 }), (bytes) => {
        fc.pre(!allowed.includes(bytes[1] ?? 0));
        return !isHarmlessFrame(withCrc(bytes));
      }),
    );
  });
});

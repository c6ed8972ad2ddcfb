import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concatBytes, fromHex, type WireRequest } from '../kit/index.ts';
import { askInfo, askProcessId, askQueue, askStatus, isHarmless } from './questions.ts';
import { decodePaper, decodeStatus, type PrinterStatus, problemsOf, requireReady } from './status.ts';

/** Feeds a matcher piece by piece, as a session does. */
function feed<T>(request: WireRequest<T>, chunks: readonly Uint8Array[]) {
  let buffer: Uint8Array = new Uint8Array();
  for (const [index, chunk] of chunks.entries()) {
    buffer = concatBytes(buffer, chunk);
    const progress = request.match(buffer);
    if (progress.kind === 'reply')
      return { value: progress.value, chunks: index + 1, left: buffer.length - progress.consumed };
    if (progress.kind === 'bad') return progress;
    buffer = buffer.subarray(progress.discard ?? 0);
  }
  return 'incomplete';
}
const bytewise = (hex: string) => Array.from(fromHex(hex), (byte) => Uint8Array.of(byte));
const status = (...bytes: readonly [number, number, number, number]) => decodeStatus(bytes);

describe('what the driver asks', () => {
  it.each([
    [askStatus(1, 1), '10 04 01'],
    [askStatus(4, 1), '10 04 04'],
    [askQueue(1), '1D 72 01'],
    [askInfo('model', 1), '1D 49 43'],
    [askProcessId('0042', ['0042'], 1), '1D 28 48 06 00 30 30 30 30 34 32'],
  ])('%o is %s', (request, hex) => {
    expect(request.bytes).toEqual(fromHex(hex));
    expect(isHarmless(request.bytes)).toBe(true);
  });

  it.each([
    ['a clearing of buffers', '10 05 01'],
    ['a real-time pulse', '10 14 01 00 02'],
    ['two questions in one', '10 04 01 10 04 02'],
    ['a status that is none', '10 04 05'],
    ['a pulse', '1B 70 00 3C FA'],
    ['a cut', '1D 56 00'],
    ['automatic status', '1D 61 FF'],
    ['a test print', '1D 28 41 02 00 00 02'],
    ['a process id with a command in it', '1D 28 48 06 00 30 30 30 30 34 10'],
    ['nothing', ''],
  ])('%s is not harmless', (_what, hex) => {
    expect(isHarmless(fromHex(hex))).toBe(false);
  });

  it('has no harmless frame that holds a printable line or a real-time command beside DLE EOT', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 12 }), (bytes) => {
        if (!isHarmless(bytes)) return;
        expect([0x10, 0x1d]).toContain(bytes[0]);
      }),
      { numRuns: 20_000 },
    );
  });
});

describe('answers', () => {
  it('reads a recorded sequence: offline, stopped by paper end, paper out', () => {
    // > 10 04 01 10 04 02 10 04 04  < 1A 32 7E
    const [one, two, four] = ['1A', '32', '7E'].map((hex) => feed(askStatus(1, 1), bytewise(hex)));
    expect([one, two, four]).toEqual([0x1a, 0x32, 0x7e].map((value) => ({ value, chunks: 1, left: 0 })));
    expect(status(0x1a, 0x32, 0x12, 0x7e)).toMatchObject({ online: false, paper: 'out', coverOpen: false });
  });

  it('passes over automatic status, flow control and other answers on its way', () => {
    const noise = '11 13 10 00 00 0F 38 00 00 0F 5F 41 00 03';
    expect(feed(askStatus(1, 1), bytewise(`${noise} 16`))).toEqual({ value: 0x16, chunks: 15, left: 0 });
    expect(feed(askQueue(1), bytewise('16 10 00 00 0F 0F'))).toEqual({ value: 0x0f, chunks: 6, left: 0 });
    expect(feed(askInfo('model', 1), bytewise('12 14 00 00 0F 5F 54 4D 2D 54 38 38 56 00'))).toMatchObject({
      value: 'TM-T88V',
    });
  });

  it('waits for its own process id, and takes no other for it', () => {
    const request = askProcessId('0042', ['0042'], 1);
    expect(feed(request, bytewise('37 22 30 30 34 31 00 37 22 30 30 34'))).toBe('incomplete');
    expect(feed(request, bytewise('37 22 30 30 34 31 00 37 22 30 30 34 32 00'))).toMatchObject({ value: '0042' });
    // The bytes of an id look like status bytes: 32 is one.
    expect(feed(askStatus(1, 1), bytewise('37 22 32 32 32 32 00 12'))).toMatchObject({ value: 0x12, left: 0 });
  });

  it('gets over damaged blocks', () => {
    expect(feed(askStatus(1, 1), bytewise('10 90 16'))).toMatchObject({ value: 0x16 });
    expect(feed(askStatus(1, 1), bytewise('37 99 16'))).toMatchObject({ value: 0x16 });
    expect(feed(askStatus(1, 1), bytewise('5F 07 16'))).toMatchObject({ value: 0x16 });
  });

  it('does not care how the bytes are split, whatever they are', () => {
    const requests = [askStatus(1, 1), askQueue(1), askInfo('model', 1), askProcessId('0042', ['0042'], 1)];
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.constantFrom(...requests), (bytes, request) => {
        const whole = feed<unknown>(request, [bytes]);
        const split = feed<unknown>(
          request,
          Array.from(bytes, (byte) => Uint8Array.of(byte)),
        );
        const said = (end: typeof whole) => (typeof end === 'object' && 'value' in end ? end.value : end);
        expect(said(split)).toEqual(said(whole));
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('the status', () => {
  const idle = [0x12, 0x12, 0x12, 0x12] as const;

  it('is ready when idle, with either level of the drawer pin', () => {
    for (const byte of [0x12, 0x16]) expect(problemsOf(status(byte, 0x12, 0x12, 0x12))).toEqual([]);
    expect(status(0x16, 0x12, 0x12, 0x12).drawerPin).toBe('high');
    expect(status(0x12, 0x12, 0x12, 0x12).drawerPin).toBe('low');
  });

  it.each<[string, number, number, RegExp]>([
    ['offline', 0, 0x08, /offline/],
    ['cover open', 1, 0x04, /cover is open/],
    ['fed by its button', 1, 0x08, /fed by hand/],
    ['stopped by paper end', 1, 0x20, /paper is out/],
    ['a mechanical error', 2, 0x04, /mechanical/],
    ['a cutter error', 2, 0x08, /cutter is jammed/],
    ['an unrecoverable error', 2, 0x20, /off and on/],
    ['an overheated head', 2, 0x40, /too hot/],
    ['paper out', 3, 0x60, /paper is out/],
  ])('keeps it from printing: %s', (_what, index, bit, words) => {
    const bytes = idle.map((byte, position) => (position === index ? byte | bit : byte));
    const [a = 0, b = 0, c = 0, d = 0] = bytes;
    expect(() => requireReady(status(a, b, c, d), 'print')).toThrow(
      expect.objectContaining({ code: 'device_not_ready', message: expect.stringMatching(words) }),
    );
  });

  it('only mentions paper that is near its end', () => {
    expect(status(0x12, 0x12, 0x12, 0x1e).paper).toBe('near_end');
    expect(problemsOf(status(0x12, 0x12, 0x12, 0x1e))).toEqual([]);
    expect([0x00, 0x03, 0x0c, 0x0f].map(decodePaper)).toEqual(['ok', 'near_end', 'out', 'out']);
  });

  it('is a problem exactly when a bit says so, for all bytes', () => {
    const byte = fc.integer({ min: 0, max: 255 }).map((value) => (value & 0x6c) | 0x12);
    fc.assert(
      fc.property(byte, byte, byte, byte, (a, b, c, d) => {
        const read: PrinterStatus = status(a, b, c, d);
        const wrong = (a & 0x48) !== 0 || (b & 0x2c) !== 0 || (c & 0x6c) !== 0 || (d & 0x60) !== 0;
        expect(problemsOf(read).length > 0).toBe(wrong);
      }),
    );
  });
});

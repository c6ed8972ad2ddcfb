import { describe, expect, it } from 'vitest';
import { decodeLatin1, type JsonObject, noDevice, toHex } from '../kit/index.ts';
import { createMemoryLink } from '../kit/simulator/memory-link.ts';
import { scannerSerial } from './index.ts';
import { optionsSchema } from './options.ts';
import { scannerSerialSimulator } from './simulator.ts';

const context = (options: JsonObject = {}) => ({ ...noDevice, options: { ...optionsSchema.parse(options) } });
const honeywell = context({ make: 'honeywell' });

describe('a Honeywell scanner', () => {
  it.each([1, 7, 1_000])('says who it is, its answer in pieces of %i bytes', async (chunkBytes) => {
    const link = createMemoryLink(scannerSerial, scannerSerialSimulator.create({}), { chunkBytes });
    expect(await scannerSerial.identify(link, honeywell)).toMatchObject({
      model: 'Voyager 1602g',
      protocolSerial: '15232B1F0C',
    });
    expect(link.sent.map((frame) => toHex(frame))).toEqual(['16 4D 0D 52 45 56 49 4E 46 2E']);
  });

  it('answers the question whether it is there', async () => {
    await scannerSerial.healthCheck(createMemoryLink(scannerSerial, scannerSerialSimulator.create({})), honeywell);
  });

  it('is silent when it is another make, and that is said', async () => {
    const link = createMemoryLink(scannerSerial, scannerSerialSimulator.create({ menu: false }));
    await expect(scannerSerial.healthCheck(link, honeywell)).rejects.toMatchObject({ code: 'no_reply' });
  });
});

describe('any other scanner', () => {
  it('is never sent a byte', async () => {
    const link = createMemoryLink(scannerSerial, scannerSerialSimulator.create({}));
    await expect(scannerSerial.identify(link, context())).rejects.toMatchObject({ code: 'not_supported' });
    expect(link.sent).toEqual([]);
    expect(scannerSerial.isMute?.(context())).toBe(true);
    expect(scannerSerial.isMute?.(honeywell)).toBe(false);
  });
});

describe('the simulator', () => {
  const sent = (change: JsonObject, options: JsonObject = {}) => {
    const chunks: { readonly text: string; readonly delayMs: number }[] = [];
    const device = scannerSerialSimulator.create(options);
    device.change?.(change, (bytes, delayMs = 0) => chunks.push({ text: decodeLatin1(bytes), delayMs }));
    return { chunks, state: device.state() };
  };

  it('sends what is scanned, whole, in pieces, many times, by half, or noise', () => {
    expect(sent({ scan: 'AB' })).toEqual({ chunks: [{ text: 'AB\r', delayMs: 0 }], state: { scanned: 1, last: 'AB' } });
    expect(sent({ scan: 'AB', chunk_bytes: 2, gap_ms: 5 }).chunks).toEqual([
      { text: 'AB', delayMs: 0 },
      { text: '\r', delayMs: 5 },
    ]);
    expect(sent({ scan: 'A', times: 3 })).toMatchObject({ chunks: [{ text: 'A\rA\rA\r' }], state: { scanned: 3 } });
    expect(sent({ scan: 'ABCD', half: true })).toMatchObject({ chunks: [{ text: 'AB' }], state: { scanned: 0 } });
    expect(sent({ noise_hex: '00 41' }).chunks).toEqual([{ text: '\u0000A', delayMs: 0 }]);
  });

  it('refuses what nobody could do to it', () => {
    expect(() => sent({ weigh: 1 })).toThrow();
  });
});

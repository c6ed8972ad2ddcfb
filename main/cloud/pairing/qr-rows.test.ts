import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import fc from 'fast-check';
import { encode } from 'fast-png';
import { beforeAll, describe, expect, it } from 'vitest';
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader';
import { qrRows } from './qr-rows.ts';

const DOTS = 4;
const MARGIN = 4;

describe('a QR code', () => {
  beforeAll(() => {
    const wasm = createRequire(import.meta.url).resolve('zxing-wasm/reader/zxing_reader.wasm');
    prepareZXingModule({ overrides: { wasmBinary: new Uint8Array(readFileSync(wasm)).buffer } });
  });

  const scan = async (rows: readonly string[]) => {
    const size = (rows.length + 2 * MARGIN) * DOTS;
    const data = new Uint8Array(size * size).fill(255);
    for (let y = 0; y < size; y += 1)
      for (let x = 0; x < size; x += 1)
        if (rows[Math.floor(y / DOTS) - MARGIN]?.[Math.floor(x / DOTS) - MARGIN] === '#') data[y * size + x] = 0;
    const found = await readBarcodes(encode({ width: size, height: size, data, channels: 1 }), { formats: ['QRCode'] });
    return found.map(({ text }) => text);
  };

  it('is read as what it was made of', async () => {
    const letters = fc.string({ unit: fc.constantFrom(...'BCDFGHJKLMNPQRSTVWXZ'), minLength: 8, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(fc.webUrl({ validSchemes: ['https'] }), letters, async (origin, code) => {
        const text = `${new URL(origin).origin}/pair?code=${code}`;
        const rows = qrRows(text) ?? [];
        expect(rows.every((row) => row.length === rows.length && /^[#.]+$/.test(row))).toBe(true);
        expect(await scan(rows)).toEqual([text]);
      }),
      { numRuns: 20 },
    );
  });

  it('is none for what is too long', () => expect(qrRows('x'.repeat(4_000))).toBeNull());
});

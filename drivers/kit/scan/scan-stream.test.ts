import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeLatin1 } from '../lines.ts';
import { fromHex } from '../link.ts';
import { readAimIdentifier } from './aim-identifier.ts';
import { type AimMode, defineScanStream } from './scan-stream.ts';
import { readScannedText } from './scanned-text.ts';

/** One chunk is one code, as on a link with frames. */
const scans = (aim: AimMode = 'auto', repeatMs = 100) =>
  defineScanStream({
    aim,
    repeatMs,
    idleMs: 50,
    maxFrameBytes: 100,
    match: (buffer) => ({ kind: 'frame', frame: { data: buffer }, consumed: buffer.length }),
  });

function scan(data: Uint8Array | string, aim?: AimMode) {
  const bytes = typeof data === 'string' ? encodeLatin1(data) : data;
  const [decoded] = scans(aim).decoder().push(bytes, 0);
  return decoded?.kind === 'item' ? decoded.item : (decoded ?? null);
}

describe('a scanned code', () => {
  it.each([
    [']E04006381333931', { text: '4006381333931', symbology: 'ean_upc', aim: ']E0', gs1: false, length_bytes: 13 }],
    [']E496385074', { text: '96385074', symbology: 'ean_8' }],
    [']C0ABC-123', { text: 'ABC-123', symbology: 'code_128', gs1: false }],
    [']C1010400638133393110A1', { symbology: 'gs1_128', gs1: true }],
    [']Q1https://example.org', { text: 'https://example.org', symbology: 'qr_code', gs1: false }],
    [']Q3010400638133393121X', { symbology: 'gs1_qr_code', gs1: true }],
    [']d2010400638133393121X', { symbology: 'gs1_data_matrix', gs1: true }],
    [']d1X', { symbology: 'data_matrix', gs1: false }],
    [']e00104006381333931', { symbology: 'gs1_databar', gs1: true }],
    [']X0abc', { symbology: 'other' }],
    ['4006381333931', { text: '4006381333931', symbology: null, aim: null, gs1: null }],
    // No letter of an AIM identifier, and a code that only begins like one.
    [']y0abc', { text: ']y0abc', symbology: null }],
    [']', { text: ']', symbology: null }],
  ])('%s', (sent, item) => {
    expect(scan(sent)).toMatchObject(item);
  });

  it('keeps the separators of GS1 codes', () => {
    expect(scan(fromHex('5D 43 31 31 30 41 1D 32 31 42'))).toMatchObject({ text: '10A\u001d21B', gs1: true });
  });

  it('is no code when the scanner speaks of itself', () => {
    expect(scan(']Z6REVINF')).toBeNull();
    expect(scan(']Z6REVINF', 'none')).toMatchObject({ text: ']Z6REVINF', aim: null });
  });

  it('is unreadable without an identifier where one is required', () => {
    expect(scan('4006381333931', 'required')).toMatchObject({ kind: 'unreadable', bytes: 13 });
    expect(scan(']E04006381333931', 'required')).toMatchObject({ text: '4006381333931' });
  });

  it('is marked as a repeat when the same one comes again at once, and only then', () => {
    const decoder = scans().decoder();
    const repeats = [
      ['A', 0],
      ['A', 99],
      ['A', 198],
      ['A', 298],
      ['B', 299],
      ['A', 300],
    ].map(([text, atMs]) => decoder.push(encodeLatin1(String(text)), Number(atMs))[0]);
    expect(repeats.map((one) => one?.kind === 'item' && one.item['repeat'])).toEqual([
      false,
      true,
      true,
      false,
      false,
      false,
    ]);
  });
});

describe('the text of a code', () => {
  it.each([
    ['GÜNTHER', 'utf-8', '47 C3 9C 4E 54 48 45 52'],
    ['GÜNTHER', 'iso-8859-1', '47 DC 4E 54 48 45 52'],
    ['\u0000\u0001ÿ', 'binary', '00 01 FF'],
    ['\u0085', 'binary', 'C2 85'.slice(3)],
  ])('%j is read as %s', (text, encoding, hex) => {
    expect(readScannedText(fromHex(hex))).toEqual({ text, encoding });
  });

  it('tells any bytes exactly', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const { text, encoding } = readScannedText(bytes);
        expect(Buffer.from(text, encoding === 'utf-8' ? 'utf8' : 'latin1')).toEqual(Buffer.from(bytes));
      }),
    );
  });

  it('comes with its bytes in base64 when it is none', () => {
    expect(scan(fromHex('00 FF 00'))).toMatchObject({ encoding: 'binary', base64: 'AP8A' });
    expect(scan('abc')).not.toHaveProperty('base64');
  });
});

it('reads no AIM identifier out of anything else', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 6 }), (bytes) => {
      const identifier = readAimIdentifier(bytes);
      if (identifier !== null) expect(Buffer.from(bytes).toString('latin1').startsWith(identifier.text)).toBe(true);
    }),
  );
});

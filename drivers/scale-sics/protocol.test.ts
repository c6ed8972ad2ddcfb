import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concatBytes, encodeLatin1, fromHex, parseDecimal, type WireRequest } from '../kit/index.ts';
import {
  clearTare,
  encode,
  isHarmless,
  presetTare,
  readTare,
  readText,
  readWeightNow,
  readWeightStable,
  request,
  requestLateAnswer,
  requestResynchronisation,
  type SicsCommand,
  takeTare,
  zero,
} from './protocol.ts';
import { sicsUnits } from './units.table.ts';

type End<T> =
  | { readonly kind: 'reply'; readonly value: T; readonly rest: number }
  | { readonly kind: 'bad'; readonly expected: string; readonly seen: string }
  | { readonly kind: 'waiting' };

/** Feeds received bytes to a request, `chunk` bytes at a time, as a session does. */
function receive<T>({ match }: WireRequest<T>, received: Uint8Array, chunk = received.length): End<T> {
  let buffer = new Uint8Array();
  for (let start = 0; start < received.length; start += chunk) {
    buffer = new Uint8Array(concatBytes(buffer, received.subarray(start, start + chunk)));
    const progress = match(buffer);
    if (progress.kind === 'bad') return progress;
    if (progress.kind === 'reply') {
      const left = [...buffer.subarray(progress.consumed), ...received.subarray(start + chunk)];
      // A chunk may end inside CR LF; the line feed is then dropped by the next request.
      return { kind: 'reply', value: progress.value, rest: left[0] === 0x0a ? left.length - 1 : left.length };
    }
    buffer = buffer.subarray(progress.discard ?? 0);
  }
  return { kind: 'waiting' };
}

/** What a command makes of these lines; every chunk size must give the same. */
function answerTo<T>(command: SicsCommand<T>, ...lines: readonly string[]) {
  const received = encodeLatin1(lines.map((line) => `${line}\r\n`).join(''));
  const whole = receive(request(command, 1000), received);
  for (const chunk of [1, 2, 3, 5, 7]) {
    const { kind } = receive(request(command, 1000), received, chunk);
    expect(kind).toBe(whole.kind);
  }
  if (whole.kind === 'reply') return whole.value;
  return whole.kind === 'bad' ? 'bad' : 'waiting';
}

const gram = (value: string, stable: boolean) => ({ value, unit: 'g', deviceUnit: 'g', stable });

describe('MT-SICS on the wire', () => {
  it.each<[string, SicsCommand<unknown>, string, string, unknown]>([
    [
      'S: S blank S, ten places of weight, blank, unit',
      readWeightStable,
      '53 0D 0A',
      '53 20 53 20 20 20 20 20 31 30 30 2E 30 30 20 67 0D 0A',
      { kind: 'done', value: gram('100.00', true) },
    ],
    [
      'SI while the weight moves, below zero',
      readWeightNow,
      '53 49 0D 0A',
      '53 20 44 20 20 20 20 20 20 2D 30 2E 31 32 20 67 0D 0A',
      { kind: 'done', value: gram('-0.12', false) },
    ],
    [
      'TA 10.5 g',
      presetTare('10.5', 'g'),
      '54 41 20 31 30 2E 35 20 67 0D 0A',
      '54 41 20 41 20 20 20 20 20 20 31 30 2E 35 30 20 67 0D 0A',
      { kind: 'done', value: gram('10.50', false) },
    ],
    [
      'I4',
      readText('I4'),
      '49 34 0D 0A',
      '49 34 20 41 20 22 42 31 32 33 34 35 36 37 38 39 22 0D 0A',
      { kind: 'done', value: 'B123456789' },
    ],
    ['Z', zero, '5A 0D 0A', '5A 20 41 0D 0A', { kind: 'done', value: null }],
    ['TAC', clearTare, '54 41 43 0D 0A', '54 41 43 20 41 0D 0A', { kind: 'done', value: null }],
    [
      'S, not settled in time',
      readWeightStable,
      '53 0D 0A',
      '53 20 49 0D 0A',
      { kind: 'refused', reason: 'not_executable', seen: 'S I' },
    ],
    [
      'a command it does not know',
      readTare,
      '54 41 0D 0A',
      '45 53 0D 0A',
      { kind: 'refused', reason: 'syntax', seen: 'ES' },
    ],
  ])('%s', (_what, command, sent, received, value) => {
    expect(encode(command)).toEqual(fromHex(sent));
    for (const chunk of [1, 2, 3, 4, 100]) {
      expect(receive(request(command, 1000), fromHex(received), chunk)).toEqual({ kind: 'reply', value, rest: 0 });
    }
  });

  it('finds the answer behind a running stream, a power-up line and line noise, and leaves what follows', () => {
    // I4 A "B1" | S D 1.00 g cut off by noise | T S 12.50 g | S D 2.00 g
    const received = fromHex(
      `49 34 20 41 20 22 42 31 22 0D 0A  FF 00 53 20 44 20 31 2E 30 0D 0A
       54 20 53 20 20 20 20 20 20 31 32 2E 35 30 20 67 0D 0A  53 20 44 20 32 2E 30 30 20 67 0D 0A`,
    );
    const value = { kind: 'done', value: gram('12.50', true) };
    expect(receive(request(takeTare, 1000), received)).toEqual({ kind: 'reply', value, rest: 12 });
    expect(receive(request(takeTare, 1000), received, 1)).toMatchObject({ kind: 'reply', value });
  });

  it('passes over XON and XOFF wherever they stand', () => {
    const received = fromHex('11 53 20 53 20 13 11 31 2E 35 20 67 11 0D 0A 11');
    expect(receive(request(readWeightNow, 1000), received)).toMatchObject({ value: { value: gram('1.5', true) } });
  });
});

describe('answers', () => {
  it.each([
    ['S I', 'not_executable'],
    ['S +', 'over_range'],
    ['S -', 'under_range'],
    ['S L', 'parameter'],
    ['S S Error 10b', 'hardware_fault'],
    ['S D Error 3', 'hardware_fault'],
    ['ES', 'syntax'],
    ['ET', 'transmission'],
    ['EL', 'logical'],
  ])('%s is never a weight', (line, reason) => {
    expect(answerTo(readWeightNow, line)).toEqual({ kind: 'refused', reason, seen: line });
    if (line !== 'S D Error 3') expect(answerTo(readWeightStable, line)).toMatchObject({ reason });
  });

  it.each(['Z I', 'Z +', 'Z -'])('Z: %s is a refusal', (line) => {
    expect(answerTo(zero, line)).toMatchObject({ kind: 'refused', seen: line });
  });

  it.each(['T I', 'T +', 'T -', 'T L'])('T: %s is a refusal', (line) => {
    expect(answerTo(takeTare, line)).toMatchObject({ kind: 'refused', seen: line });
  });

  it('takes the forms of clones: no padding, no quotes, no weight', () => {
    expect(answerTo(readWeightNow, 'S S 1.5 kg')).toMatchObject({ value: { value: '1.5', unit: 'kg' } });
    expect(answerTo(readText('I4'), 'I4 A B123')).toEqual({ kind: 'done', value: 'B123' });
    expect(answerTo(readText('I4'), 'I4 A')).toEqual({ kind: 'done', value: '' });
    expect(answerTo(readText('I2'), 'I2 A "XS204 "A" 220.0090 g"')).toEqual({
      kind: 'done',
      value: 'XS204 "A" 220.0090 g',
    });
    expect(answerTo(takeTare, 'T A')).toEqual({ kind: 'done', value: null });
    expect(answerTo(readTare, 'TA A')).toEqual({ kind: 'done', value: null });
  });

  it('waits through lines of other commands, an echo, and the second step of scales that are only similar', () => {
    expect(answerTo(zero, 'S D 1.00 g', 'I4 A "B1"', 'Z', 'ZI S', 'Z D', 'T A')).toBe('waiting');
    expect(answerTo(readWeightStable, 'S', 'S D 1.00 g', 'S S 1.01 g')).toMatchObject({ value: { value: '1.01' } });
    expect(answerTo(takeTare, 'T D', 'TA A 1.00 g', 'T S 2.00 g')).toMatchObject({ value: { value: '2.00' } });
  });

  it.each([
    'S S 1O0.00 g',
    'S S 100.00',
    'S S 100.00 G',
    'S S 100.00 q',
    'S S 100.00 constructor',
    'S S 1 00.00 g',
    'S S 100.00 g g',
    'S X 100.00 g',
    'S SD 100.00 g',
    'S S 1e2 g',
    'S S NaN g',
    'S S',
    'S *',
  ])('%j is unreadable, not a weight', (line) => {
    expect(answerTo(readWeightNow, line)).toBe('bad');
  });

  it.each([
    ['g', 'g'],
    ['kg', 'kg'],
    ['mg', 'mg'],
    ['ug', 'ug'],
    ['t', 't'],
    ['ct', '[car_m]'],
    ['lb', '[lb_av]'],
    ['oz', '[oz_av]'],
    ['ozt', '[oz_tr]'],
    ['GN', '[gr]'],
    ['dwt', '[pwt_tr]'],
    ['PCS', '{pcs}'],
  ])('the unit %s is %s in UCUM', (symbol, code) => {
    expect(answerTo(readWeightNow, `S S 1.0 ${symbol}`)).toMatchObject({ value: { unit: code } });
  });

  it('gives every unit its code and keeps its own symbol', () => {
    for (const [symbol, code] of Object.entries(sicsUnits)) {
      expect(answerTo(readWeightNow, `S S 1.0 ${symbol}`)).toMatchObject({ value: { unit: code, deviceUnit: symbol } });
    }
  });

  it('keeps any weight digit for digit, however it is padded and split', () => {
    const weights = fc
      .tuple(fc.boolean(), fc.bigInt({ min: 0n, max: 99_999_999n }), fc.nat(5))
      .map(([negative, number, fraction]) => {
        const digits = number.toString().padStart(fraction + 1, '0');
        const text = fraction === 0 ? digits : `${digits.slice(0, -fraction)}.${digits.slice(-fraction)}`;
        return negative && number !== 0n ? `-${text}` : text;
      });
    const units = fc.constantFrom(...Object.keys(sicsUnits));
    fc.assert(
      fc.property(
        weights,
        units,
        fc.boolean(),
        fc.nat(14),
        fc.integer({ min: 1, max: 30 }),
        (value, unit, stable, width, chunk) => {
          const received = encodeLatin1(`S ${stable ? 'S' : 'D'} ${value.padStart(width)} ${unit}\r\n`);
          const weight = { value, unit: sicsUnits[unit], deviceUnit: unit, stable };
          expect(receive(request(readWeightNow, 1000), received, chunk)).toEqual({
            kind: 'reply',
            value: { kind: 'done', value: weight },
            rest: 0,
          });
        },
      ),
    );
  });

  it('makes a weight of no other bytes, and never throws', () => {
    const line = fc.array(
      fc.constantFrom('S', 'D', ' ', '1', '.', '-', '+', 'g', 'I', 'E', 'Error', '\r', '\n', '\xff'),
      { maxLength: 14 },
    );
    fc.assert(
      fc.property(
        fc.oneof(
          line.map((parts) => encodeLatin1(parts.join(''))),
          fc.uint8Array(),
        ),
        (noise) => {
          const end = receive(request(readWeightNow, 1000), concatBytes(noise, encodeLatin1('\r\n')));
          if (end.kind === 'reply' && end.value.kind === 'done')
            expect(parseDecimal(end.value.value.value)).not.toBeNull();
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('the gate', () => {
  it.each(['S', 'SI', 'I0', 'I1', 'I2', 'I3', 'I4', 'I5', 'I10', 'I11', 'TA'])('%s is harmless', (text) => {
    expect(isHarmless(encode({ text }))).toBe(true);
  });

  it.each([
    'Z',
    'ZI',
    'T',
    'TI',
    'TAC',
    'TA 0 g',
    'TA ',
    '@',
    'SIR',
    'SR',
    'I10 "x"',
    'I14',
    'C1',
    'C3',
    'K 1',
    'D "x"',
    'DW',
    'PWR 0',
    's',
    'si',
    ' SI',
    'SI ',
    '',
  ])('%j is not', (text) => {
    expect(isHarmless(encode({ text }))).toBe(false);
  });

  it.each(['SI', 'SI\r', 'SI\n', 'SI\r\n\n', 'SI\r\nZ\r\n', 'Z\r\nSI\r\n', '\r\nSI\r\n', 'S\r\nSI\r\n'])(
    '%j is not one whole question',
    (text) => {
      expect(isHarmless(encodeLatin1(text))).toBe(false);
    },
  );

  it('knows no other bytes as harmless', () => {
    const known = new Set(
      ['S', 'SI', 'I0', 'I1', 'I2', 'I3', 'I4', 'I5', 'I10', 'I11', 'TA'].map((text) => `${text}\r\n`),
    );
    const texts = fc.oneof(
      fc.string(),
      fc
        .array(fc.constantFrom('S', 'I', 'T', 'A', 'Z', '0', '1', ' ', '\r\n', '@'), { maxLength: 6 })
        .map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(texts, (text) => {
        expect(isHarmless(encodeLatin1(text))).toBe(known.has(Buffer.from(text, 'latin1').toString('latin1')));
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['-1', 'g'],
    ['1e3', 'g'],
    ['1', 'g\r\nZ'],
    ['1 g\r\nZ\r\n', 'g'],
    ['1', 'stone'],
  ])('makes no tare of %j %j', (value, unit) => {
    expect(() => presetTare(value, unit)).toThrow(RangeError);
  });
});

describe('getting back in step', () => {
  const match = (text: string) => receive(requestResynchronisation(1000), encodeLatin1(text));

  it('drops all before the serial number, also half a line it is stuck to', () => {
    expect(match('S S   1.00 g\r\nES\r\nI4 A "B1"\r\n')).toMatchObject({ kind: 'reply', rest: 0 });
    expect(match('S S   1I4 A "B1"\r\n')).toMatchObject({ kind: 'reply', rest: 0 });
    expect(match('T S   1.00 g\r\nZ A\r\nI4\r\n')).toEqual({ kind: 'waiting' });
  });
});

describe('an error that names no command', () => {
  const late = (text: string) => receive(requestLateAnswer(zero, 1000), encodeLatin1(text));

  it('stands when nothing came before the serial number', () => {
    expect(late('I4 A "B1"\r\n')).toMatchObject({ kind: 'reply', value: null });
  });

  it('gives way to the answer that came after it', () => {
    expect(late('S D 1.00 g\r\nZ A\r\nES\r\nI4 A "B1"\r\n')).toMatchObject({ value: { kind: 'done' } });
    expect(late('Z I\r\nI4 A "B1"\r\n')).toMatchObject({ value: { kind: 'refused', reason: 'not_executable' } });
  });
});

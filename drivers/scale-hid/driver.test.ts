import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  arrayScaleDescriptor,
  featureBytesDescriptor,
  variableScaleDescriptor,
} from '../kit/hid/testing/descriptors.table.ts';
import { type DriverContext, fromHex, type JsonObject, noDevice } from '../kit/index.ts';
import { createMemoryLink } from '../kit/simulator/memory-link.ts';
import { scaleHid } from './index.ts';
import { scaleLayout } from './layout.ts';
import { createSimulatedScale } from './simulator.ts';
import { readWeight } from './weight.ts';

const layouts = { array: arrayScaleDescriptor, variable: variableScaleDescriptor, unknown: null };

/** What a data report means, by one of the descriptors. */
function meaning(hex: string, descriptor: Uint8Array | null = variableScaleDescriptor) {
  const raw = scaleLayout(descriptor)?.read(fromHex(hex)) ?? null;
  if (raw === null) return null;
  const reading = readWeight(raw);
  if (reading.kind === 'none') return reading.error.code;
  const { value, unitName, stable } = reading.weight;
  return `${value} ${unitName}${stable ? '' : ' ?'}`;
}

describe('published transcripts', () => {
  it.each([
    ['DYMO in ounces', '04 0B FF 6F 04', '113.5 oz'],
    ['Fairbanks in pounds', '04 0C FE 11 03', '7.85 lb'],
    ['DYMO, small', '04 0B FF 31 00', '4.9 oz'],
    ['at zero', '02 0B FF 00 00', '0.0 oz'],
    ['below zero: the magnitude alone', '05 0B FF 05 00', '-0.5 oz ?'],
    ['DYMO in grams: no fraction', '04 02 00 14 00', '20 g'],
    ['in motion', '03 03 FD D5 1B', '7.125 kg ?'],
    ['over the limit', '06 0B FF 00 00', 'out_of_range'],
    ['a fault', '01 00 00 00 00', 'device_refused'],
    ['wants calibration', '07 02 00 00 00', 'device_not_ready'],
    ['wants its zero', '08 02 00 00 00', 'device_not_ready'],
    ['in steps of ten', '04 02 01 14 00', '200 g'],
    ['more than a signed number holds', '04 02 00 FF FF', '65535 g'],
  ])('%s', (_name, hex, expected) => {
    for (const descriptor of Object.values(layouts)) expect(meaning(hex, descriptor)).toBe(expected);
  });

  it.each(['09 02 00 00 00', '00 02 00 00 00', '04 0D 00 00 00', '04 00 00 00 00', '04 02 7F 00 00'])(
    'refuses codes that the tables do not have: %s',
    (hex) => {
      for (const descriptor of Object.values(layouts)) {
        expect(() => meaning(hex, descriptor)).toThrow(expect.objectContaining({ code: 'bad_reply' }));
      }
    },
  );

  it('reads a report with its id in it once more, and none that is too short', () => {
    expect(meaning('03 04 0B FF 31 00')).toBe('4.9 oz');
    expect(meaning('04 0B FF 31')).toBeNull();
  });
});

describe('the layout', () => {
  it('is taken from the descriptor: weight first, 24 bits, after a gap, in another report', () => {
    const odd = fromHex(`
      05 8D 09 20 A1 01 85 07 15 00 27 FF FF FF 00 75 18 95 01 09 40 81 02 75 04 81 03
      15 00 25 0F 75 04 09 50 81 02 75 08 26 FF 00 09 41 81 02 09 70 81 02 C0`);
    const layout = scaleLayout(odd);
    expect(layout?.reportId).toBe(7);
    expect(meaning('40 E2 01 2F FD 04', odd)).toBe('123.456 g');
  });

  it('takes an array with more values than usages for plain codes', () => {
    const sloppy = fromHex(`
      05 8D 09 20 A1 01 85 03 75 08 95 01 15 00 25 08 19 71 29 78 81 00 25 0C 19 51 29 5C 81 00
      15 80 25 7F 09 41 81 02 15 00 27 FF FF 00 00 75 10 09 40 81 02 C0`);
    expect(meaning('04 0B FF 31 00', sloppy)).toBe('4.9 oz');
  });

  it('is none where nothing describes a weight, or the descriptor can not be read', () => {
    expect(scaleLayout(featureBytesDescriptor)).toBeNull();
    expect(scaleLayout(variableScaleDescriptor.subarray(0, 20))).toBeNull();
  });

  it('never makes a number of bytes that are none: any report gives a weight of the tables, an error, or nothing', () => {
    fc.assert(
      fc.property(fc.constantFrom(...Object.values(layouts)), fc.uint8Array({ maxLength: 8 }), (descriptor, data) => {
        const raw = scaleLayout(descriptor)?.read(data) ?? null;
        if (raw === null) return true;
        try {
          const reading = readWeight(raw);
          return reading.kind === 'none' || /^-?\d+(\.\d+)?$/.test(reading.weight.value);
        } catch (error) {
          return error instanceof Error && 'code' in error && error.code === 'bad_reply';
        }
      }),
    );
  });
});

function bench(simulated: JsonObject = {}, reportDescriptor: Uint8Array | null = variableScaleDescriptor) {
  let nowMs = 1_000;
  const device = createSimulatedScale(simulated, () => nowMs);
  const now = () => new Date(Date.UTC(2026, 0, 1) + nowMs).toISOString();
  const link = createMemoryLink(scaleHid, device, { now, chunkBytes: 1 });
  const options = scaleHid.options.parse({}) as JsonObject;
  const context: DriverContext = { ...noDevice, link: 'hid', options, reportDescriptor };
  const [tool] = scaleHid.tools(context);
  return {
    device,
    link,
    pass: (ms: number) => (nowMs += ms),
    async read(args: JsonObject = {}) {
      if (tool === undefined || tool.sideEffect) throw new Error('no weight.read');
      const reading = await tool.read(link, args);
      expect(tool.output.parse(reading)).toEqual(reading);
      return reading;
    },
  };
}

const stable = { weight: 49, exponent: -1, unit: 11, status: 4 };

describe('weight.read', () => {
  it('gives what the scale says during the call', async () => {
    const the = bench(stable);
    expect(await the.read()).toEqual({
      value: '4.9',
      unit: '[oz_av]',
      stable: true,
      at: '2026-01-01T00:00:01.000Z',
      device_unit: 'oz',
      status: 'stable',
      fresh: true,
      age_ms: 0,
    });
  });

  it('says how old the last word of a scale is that speaks only on change', async () => {
    const the = bench({ ...stable, speaks: 'on_change' });
    expect(await the.read()).toMatchObject({ fresh: true });
    the.pass(60_000);
    expect(await the.read()).toMatchObject({
      value: '4.9',
      fresh: false,
      age_ms: 60_000,
      at: '2026-01-01T00:00:01.000Z',
    });
    await expect(the.read({ fresh_only: true })).rejects.toMatchObject({ code: 'no_reply' });
    the.device.change?.({ weight: 50 });
    expect(await the.read({ fresh_only: true })).toMatchObject({ value: '5.0', fresh: true });
  });

  it('has nothing to give of a scale that said nothing since it was plugged in', async () => {
    const the = bench(stable);
    the.device.change?.({ asleep: true });
    await expect(the.read()).rejects.toMatchObject({
      code: 'no_reply',
      message: expect.stringContaining('plugged in'),
    });
  });

  it('waits for rest: at once where there is rest, else an error that names the last weight', async () => {
    expect(await bench(stable).read({ wait_stable_ms: 1_000 })).toMatchObject({ stable: true, fresh: true });
    const the = bench({ ...stable, status: 3 });
    await expect(the.read({ mode: 'stable' })).rejects.toMatchObject({
      code: 'device_not_ready',
      details: { reason: 'not_settled', seen: '4.9 oz' },
    });
    expect(await the.read()).toMatchObject({ stable: false, status: 'in_motion' });
  });

  it('takes the silence of a scale at rest for rest', async () => {
    const the = bench({ ...stable, speaks: 'on_change' });
    await the.read();
    the.pass(5_000);
    expect(await the.read({ mode: 'stable' })).toMatchObject({
      value: '4.9',
      stable: true,
      fresh: false,
      age_ms: 5_000,
    });
    await expect(the.read({ mode: 'stable', fresh_only: true })).rejects.toMatchObject({ code: 'device_not_ready' });
  });

  it.each([
    [6, 'out_of_range'],
    [1, 'device_refused'],
    [7, 'device_not_ready'],
  ])('fails instead of giving a number at status %d', async (status, code) => {
    const the = bench({ ...stable, status });
    await expect(the.read()).rejects.toMatchObject({ code });
    await expect(the.read({ wait_stable_ms: 500 })).rejects.toMatchObject({ code });
  });

  it('asks the device nothing and sends it nothing', async () => {
    const the = bench({ ...stable, speaks: 'on_change' });
    await the.read();
    await the.read();
    expect(the.link.sent.map((bytes) => bytes[0])).toEqual([0xe8]);
    expect(scaleHid.isHarmless(fromHex('E2 01 00 02 02'))).toBe(false);
    expect(scaleHid.isHarmless(fromHex('E4 02 00 01 08 00'))).toBe(false);
  });

  it('says so when the device describes no weight', async () => {
    await expect(bench(stable, featureBytesDescriptor).read()).rejects.toMatchObject({ code: 'not_supported' });
  });
});

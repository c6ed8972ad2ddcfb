import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concatBytes, fromHex, toHex } from '../kit/index.ts';
import { modbusSimulator } from './simulator.ts';

const relays = { address: 1, map: 'waveshare-relay-8' };
const climate = { address: 2, map: 'xy-md02', values: { temperature: '30.5', humidity: '54.6' } };

function bus(...units: readonly Record<string, string | number | boolean | Record<string, string>>[]) {
  const device = modbusSimulator.create({ units });
  const ask = (...chunks: readonly Uint8Array[]) => {
    const answers: string[] = [];
    for (const chunk of chunks) device.receive(chunk, (bytes) => answers.push(toHex(bytes)));
    return answers;
  };
  return { device, ask, askHex: (hex: string) => ask(fromHex(hex)) };
}

describe('the simulated bus', () => {
  it.each([
    ['a relay on', '01 05 00 00 FF 00 8C 3A', '01 05 00 00 FF 00 8C 3A'],
    ['all relays off, read', '01 01 00 00 00 08 3D CC', '01 01 01 00 51 88'],
    ['identification it does not have', '01 2B 0E 01 00 70 77', '01 AB 01 9E F0'],
    ['registers it does not have', '01 04 00 00 00 02 71 CB', '01 84 02 C2 C1'],
    ['a register write it does not offer', '01 06 00 01 01 00 D9 9A', '01 86 01 83 A0'],
    ['all relays set', '01 0F 00 00 00 08 01 FF BE D5', '01 0F 00 00 00 08 54 0D'],
  ])('answers %s as the board does', (_name, request, answer) => {
    expect(bus(relays).askHex(request)).toEqual([answer]);
  });

  it('answers the transcript of the sensor', () => {
    const sensor = { ...climate, address: 1 };
    expect(bus(sensor).askHex('01 04 00 01 00 02 20 0B')).toEqual(['01 04 04 01 31 02 22 2A CE']);
  });

  it('has each unit answer for itself only', () => {
    const { askHex } = bus(relays, climate);
    expect(askHex('02 04 00 01 00 02 20 38')).toEqual(['02 04 04 01 31 02 22 19 CE']);
    expect(askHex('03 04 00 01 00 02 21 E9')).toEqual([]);
  });

  it('is silent for a unit that is off, and goes on when it is back', () => {
    const { device, askHex } = bus(relays, climate);
    device.change?.({ address: 1, silent: true });
    expect(askHex('01 01 00 00 00 08 3D CC')).toEqual([]);
    expect(askHex('02 04 00 01 00 02 20 38')).toHaveLength(1);
    device.change?.({ address: 1, silent: false });
    expect(askHex('01 01 00 00 00 08 3D CC')).toHaveLength(1);
  });

  it('counts each harmful frame once, with what became of it', () => {
    const { device, askHex } = bus(relays);
    askHex('01 05 00 00 FF 00 8C 3A');
    askHex('01 01 00 00 00 08 3D CC');
    askHex('01 06 00 01 01 00 D9 9A');
    device.change?.({ address: 1, silent: true });
    askHex('01 05 00 00 00 00 CD CA');
    expect(device.state()).toMatchObject({
      harmful_count: 3,
      harmful: [
        { sequence: 1, unit: 1, frame: '01 05 00 00 FF 00 8C 3A', effect: 'done' },
        { sequence: 2, unit: 1, frame: '01 06 00 01 01 00 D9 9A', effect: 'refused' },
        { sequence: 3, unit: 1, frame: '01 05 00 00 00 00 CD CA', effect: 'not_heard' },
      ],
    });
  });

  it('hears a frame however it is cut, and behind a torn one', () => {
    const torn = fromHex('01 05 00 03 FF');
    const frame = fromHex('01 05 00 00 FF 00 8C 3A');
    fc.assert(
      fc.property(fc.boolean(), fc.integer({ min: 1, max: 13 }), (withTorn, size) => {
        const { device, ask } = bus(relays);
        const bytes = concatBytes(...(withTorn ? [torn] : []), frame);
        const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
          bytes.subarray(index * size, (index + 1) * size),
        );
        expect(ask(...chunks)).toEqual([toHex(frame)]);
        expect(device.state()).toMatchObject({ harmful_count: 1 });
      }),
    );
  });

  it('carries out a broadcast without an answer', () => {
    const { device, askHex } = bus(relays);
    expect(askHex('00 05 00 00 FF 00 8D EB')).toEqual([]);
    expect(device.state()).toMatchObject({
      harmful_count: 1,
      units: [{ relays: expect.arrayContaining([{ relay: 1, on: true }]) }],
    });
  });

  it.each([
    [{ units: [] }],
    [{ units: [relays, relays] }],
    [{ units: [{ address: 1, map: 'nothing' }] }],
    [{ units: [{ ...relays, colour: 'red' }] }],
    [{ units: [{ ...climate, values: { pressure: '1' } }] }],
    [{ units: [{ ...climate, values: { temperature: '0.05' } }] }],
  ])('refuses options %j', (options) => {
    expect(() => modbusSimulator.create(options)).toThrow();
  });
});

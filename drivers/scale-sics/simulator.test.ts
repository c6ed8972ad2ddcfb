import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concatBytes, decodeLatin1, encodeLatin1, type JsonObject } from '../kit/index.ts';
import { scaleSicsSimulator } from './simulator.ts';

function talk(
  options: JsonObject,
  ...chunks: readonly Uint8Array[]
): { readonly said: string; readonly state: JsonObject } {
  const device = scaleSicsSimulator.create(options);
  const said: Uint8Array[] = [];
  for (const chunk of chunks) device.receive(chunk, (bytes) => said.push(bytes));
  return { said: decodeLatin1(concatBytes(...said)), state: device.state() };
}

describe('the simulated scale', () => {
  it('speaks the forms of the manual', () => {
    const { said } = talk(
      { serial: 'B123456789', gross: '100.00' },
      encodeLatin1('I4\r\nS\r\nQQ\r\nT\r\nTA 10.5 g\r\nTAC\r\n@\r\n'),
    );
    expect(said.split('\r\n')).toEqual([
      'I4 A "B123456789"',
      'S S     100.00 g',
      'ES',
      'T S     100.00 g',
      'TA A      10.50 g',
      'TAC A',
      'I4 A "B123456789"',
      '',
    ]);
  });

  it('understands the same in any chunks and with any line end', () => {
    const commands = fc.array(fc.constantFrom('S', 'SI', 'T', 'TA', 'TA 1 g', 'Z', 'TAC', 'I0', 'SIR', '@', 'x'), {
      maxLength: 10,
    });
    fc.assert(
      fc.property(commands, fc.constantFrom('\r\n', '\r', '\n'), fc.integer({ min: 1, max: 9 }), (lines, eol, size) => {
        const bytes = encodeLatin1(lines.map((line) => line + eol).join(''));
        const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
          bytes.subarray(index * size, (index + 1) * size),
        );
        expect(talk({ gross: '5.00' }, ...chunks)).toEqual(talk({ gross: '5.00' }, bytes));
      }),
    );
  });

  it('keeps a list of every line that acts, in order, done or not', () => {
    const { state } = talk(
      { gross: '500.00', capacity: '600' },
      encodeLatin1('SI\r\nZ\r\nT\r\nTA 9 kg\r\nI4\r\nrubbish\r\n'),
    );
    expect(state).toMatchObject({
      writes_total: 4,
      writes: [
        { sequence: 1, command: 'Z', effect: 'refused' },
        { sequence: 2, command: 'T', effect: 'done' },
        { sequence: 3, command: 'TA 9 kg', effect: 'refused' },
        { sequence: 4, command: 'rubbish', effect: 'refused' },
      ],
    });
  });

  it('says at power-on who it is, without tare, and forgets half a command', () => {
    const device = scaleSicsSimulator.create({ gross: '5.00', serial: 'B1' });
    device.change?.({ tare: '5.00' });
    device.receive(encodeLatin1('T'), () => {});
    const said: string[] = [];
    device.powerOn?.((bytes) => said.push(decodeLatin1(bytes)));
    device.receive(encodeLatin1('AC\r\n'), (bytes) => said.push(decodeLatin1(bytes)));
    expect(said).toEqual(['I4 A "B1"\r\n', 'ES\r\n']);
    expect(device.state()).toMatchObject({ tare: '0.00', net: '5.00' });
  });

  it('answers I after its own time-out while the load moves', () => {
    const device = scaleSicsSimulator.create({ stable: false, stability_timeout_ms: 700 });
    const said: [string, number][] = [];
    for (const line of ['S', 'T', 'Z']) {
      device.receive(encodeLatin1(`${line}\r\n`), (bytes, delayMs = 0) => said.push([decodeLatin1(bytes), delayMs]));
    }
    expect(said).toEqual([
      ['S I\r\n', 700],
      ['T I\r\n', 700],
      ['Z I\r\n', 700],
    ]);
  });

  it.each<JsonObject>([{ gross: 'heavy' }, { unit: 'stone' }, { serial: 'a"b' }, { colour: 'red' }])(
    'refuses the options %j',
    (options) => {
      expect(() => scaleSicsSimulator.create(options)).toThrow();
    },
  );

  it('refuses changes that it does not know, and changes nothing by them', () => {
    const device = scaleSicsSimulator.create({});
    expect(() => device.change?.({ gross: '1.00', color: 1 })).toThrow();
    expect(device.state()).toMatchObject({ gross: '0.00' });
  });
});

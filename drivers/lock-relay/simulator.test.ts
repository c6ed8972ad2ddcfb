import { describe, expect, it } from 'vitest';
import { decodeLatin1, encodeLatin1, fromHex, toHex } from '../kit/index.ts';
import { createSimulatedBoard } from './simulator.ts';

function board(options: object) {
  let nowMs = 0;
  const device = createSimulatedBoard(options, () => nowMs);
  return {
    device,
    at(ms: number) {
      nowMs = ms;
    },
    /** What it answers to these bytes. */
    ask(bytes: Uint8Array): Uint8Array {
      const answers: number[] = [];
      for (const byte of bytes) device.receive(Uint8Array.of(byte), (answer) => answers.push(...answer));
      return Uint8Array.from(answers);
    },
    on: () =>
      (device.state()['relays'] as { relay: number; on: boolean }[]).flatMap((each) => (each.on ? [each.relay] : [])),
  };
}

describe('a simulated relay board', () => {
  it('LCUS: does what the frame says, if its sum is right, and says nothing', () => {
    const the = board({ board: 'lcus-4' });
    expect(the.ask(fromHex('A0 01 01 A2'))).toHaveLength(0);
    the.ask(fromHex('A0 04 01 A5'));
    the.ask(fromHex('A0 02 01 FF'));
    expect(the.on()).toEqual([1, 4]);
  });

  it('KMTronic: answers status only', () => {
    const the = board({ board: 'kmtronic-2' });
    expect(toHex(the.ask(fromHex('FF 01 01 FF 01 03 FF 02 03')))).toBe('FF 01 01 FF 02 00');
    expect(toHex(board({ board: 'kmtronic-4', on: [1, 4] }).ask(fromHex('FF 09 00')))).toBe('01 00 00 01');
  });

  it('Devantech: single bytes, and one that takes a mask', () => {
    const the = board({ board: 'devantech-rly16' });
    expect(toHex(the.ask(fromHex('5A 65 6C 5B 5C 03 5B 6E 5B')))).toBe('09 03 81 03 00');
  });

  it('Numato: echoes, answers up to the prompt', () => {
    const the = board({ board: 'numato-16' });
    expect(decodeLatin1(the.ask(encodeLatin1('relay on F\rrelay read F\rrelay readall\r')))).toBe(
      'relay on F\n\r>relay read F\n\ron\n\r>relay readall\n\r8000\n\r>',
    );
  });

  it('records every move of a coil with its time, and no move that was none', () => {
    const the = board({ board: 'devantech-rly02' });
    the.at(10);
    the.ask(fromHex('65 65'));
    the.at(3_010);
    the.ask(fromHex('6F'));
    expect(the.device.state()).toMatchObject({
      change_count: 2,
      changes: [
        { channel: 1, on: true, at_ms: 10 },
        { channel: 1, on: false, at_ms: 3_010 },
      ],
      commands: [{ command: '65' }, { command: '65' }, { command: '6F', at_ms: 3_010 }],
    });
  });

  it('drops its relays without the cable that feeds it, and keeps them with a supply of its own', () => {
    for (const own_supply of [false, true]) {
      const the = board({ board: 'devantech-rly02', own_supply });
      the.device.powerOn?.(() => {});
      the.ask(fromHex('65'));
      the.device.powerOn?.(() => {});
      expect(the.on()).toEqual(own_supply ? [1] : []);
    }
  });

  it('forgets half a command when the power comes', () => {
    const the = board({ board: 'kmtronic-2' });
    the.ask(fromHex('FF 01'));
    the.device.powerOn?.(() => {});
    the.ask(fromHex('01'));
    expect(the.on()).toEqual([]);
  });

  it('can be switched by hand, weld, and hang', () => {
    const the = board({ board: 'devantech-rly02' });
    the.device.change?.({ channel: 2, on: true });
    the.device.change?.({ stuck: [2] });
    the.ask(fromHex('6E'));
    expect(the.on()).toEqual([2]);
    the.device.change?.({ deaf: true });
    expect(the.ask(fromHex('5B'))).toHaveLength(0);
    expect(() => the.device.change?.({ weight: '1' })).toThrow();
  });
});

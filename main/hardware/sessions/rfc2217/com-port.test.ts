import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromHex, type SerialSettings, toHex } from '../../../../drivers/kit/index.ts';
import type { SettingName } from '../line-settings.ts';
import { decodeComPort, encodeMask, encodePurge, encodeSetting } from './com-port.ts';

const settings = fc.record<SerialSettings>({
  baud_rate: fc.integer({ min: 50, max: 4_000_000 }),
  data_bits: fc.constantFrom(7, 8),
  parity: fc.constantFrom('none', 'even', 'odd'),
  stop_bits: fc.constantFrom(1, 2),
  flow_control: fc.constantFrom('none', 'xon_xoff', 'rts_cts'),
});
const names: readonly SettingName[] = ['baud_rate', 'data_bits', 'parity', 'stop_bits', 'flow_control'];

describe('the COM port option', () => {
  it('asks for 9600 7E1 with RTS/CTS as RFC 2217, section 3 says', () => {
    const asked = { baud_rate: 9600, data_bits: 7, parity: 'even', stop_bits: 1, flow_control: 'rts_cts' } as const;
    expect(names.map((name) => toHex(encodeSetting(name, asked)))).toEqual([
      '01 00 00 25 80',
      '02 07',
      '03 03',
      '04 01',
      '05 03',
    ]);
    expect(toHex(encodePurge('both'))).toBe('0C 03');
    expect(toHex(encodeMask('modem', 16))).toBe('0B 10');
  });

  it('knows its own setting again in the answer, which differs by 100', () => {
    fc.assert(
      fc.property(settings, fc.constantFrom(...names), (asked, name) => {
        const answer = Uint8Array.from(encodeSetting(name, asked));
        answer[0] = (answer[0] ?? 0) + 100;
        expect(decodeComPort(answer)).toEqual({ type: 'setting', name, value: String(asked[name]) });
      }),
    );
  });

  it.each([
    ['65 00 00 30 39', { type: 'setting', name: 'baud_rate', value: '12345' }],
    ['67 04', { type: 'setting', name: 'parity', value: 'mark' }],
    ['67 63', { type: 'setting', name: 'parity', value: 'unknown (99)' }],
    ['68 03', { type: 'setting', name: 'stop_bits', value: '1.5' }],
    ['6B 30', { type: 'notification', of: 'modem', bits: 0x30 }],
    ['6A 04', { type: 'notification', of: 'line', bits: 4 }],
    ['6C', { type: 'flow', suspended: true }],
    ['6D', { type: 'flow', suspended: false }],
    // The state of the break signal or of DTR is no flow control.
    ['69 05', { type: 'other', code: 105 }],
    ['70 03', { type: 'other', code: 112 }],
    ['65 00 00', null],
    ['67', null],
    ['03 01', null],
    ['', null],
  ])('reads %s', (hex, reply) => {
    expect(decodeComPort(fromHex(hex))).toEqual(reply);
  });

  it('never throws, whatever comes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 12 }), (payload) => void decodeComPort(payload)));
  });
});

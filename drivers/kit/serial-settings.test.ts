import { describe, expect, it } from 'vitest';
import { characterTimeMs, describeSerialSettings, serialSettingsSchema } from './serial-settings.ts';

const settings = serialSettingsSchema.parse({
  baud_rate: 9600,
  data_bits: 7,
  parity: 'even',
  stop_bits: 1,
  flow_control: 'none',
});

describe('serial settings', () => {
  it('are named as people name them', () => {
    expect(describeSerialSettings(settings)).toBe('9600 7E1');
  });

  it('give the time of a character from all its bits', () => {
    expect(characterTimeMs(settings)).toBeCloseTo(10_000 / 9600, 9);
    expect(characterTimeMs({ ...settings, data_bits: 8, parity: 'none', stop_bits: 2 })).toBeCloseTo(11_000 / 9600, 9);
  });

  it.each([{ baud_rate: 0 }, { data_bits: 9 }, { parity: 'mark' }, { stop_bits: 1.5 }, { flow: 'none' }])(
    'refuse %j',
    (change) => {
      expect(serialSettingsSchema.safeParse({ ...settings, ...change }).success).toBe(false);
    },
  );
});

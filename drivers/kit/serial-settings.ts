import { z } from 'zod';

/** Line settings of a serial port, as a listing's configuration may give them. */
export const serialSettingsSchema = z.strictObject({
  baud_rate: z.int().min(50).max(4_000_000).describe('Speed in baud, for example 9600'),
  data_bits: z.literal([7, 8]).describe('Data bits'),
  parity: z.enum(['none', 'even', 'odd']).describe('Parity'),
  stop_bits: z.literal([1, 2]).describe('Stop bits'),
  flow_control: z.enum(['none', 'xon_xoff', 'rts_cts']).describe('Flow control'),
});

/** Line settings of a serial port. */
export type SerialSettings = z.output<typeof serialSettingsSchema>;

/** `9600 8N1` and the like, for messages. */
export function describeSerialSettings(settings: SerialSettings): string {
  const parity = { none: 'N', even: 'E', odd: 'O' }[settings.parity];
  return `${settings.baud_rate} ${settings.data_bits}${parity}${settings.stop_bits}`;
}

/** Time one character takes on the wire, in milliseconds: start, data, parity and stop bits. */
export function characterTimeMs(settings: SerialSettings): number {
  const bits = 1 + settings.data_bits + (settings.parity === 'none' ? 0 : 1) + settings.stop_bits;
  return (bits * 1000) / settings.baud_rate;
}

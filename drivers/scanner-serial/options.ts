import { z } from 'zod';
import { AgentError, fromHex, type JsonObject, scannerOptions } from '../kit/index.ts';

const hexBytes = z
  .string()
  .regex(/^([0-9A-Fa-f]{2}( ?[0-9A-Fa-f]{2}){0,7})?$/, 'up to eight bytes as hex pairs, for example 02');

/** Configuration keys of this listing. */
export const optionsSchema = z.strictObject({
  make: z
    .enum(['other', 'honeywell'])
    .default('other')
    .describe(
      'honeywell: the scanner is asked for its model and serial number, and whether it is there, by the menu commands of ' +
        'that make; the cable must go both ways. other: nothing is ever sent to it',
    ),
  framing: z
    .enum(['lines', 'cr', 'lf', 'crlf', 'stx_etx', 'suffix', 'idle'])
    .default('lines')
    .describe(
      'How the scanner ends a code. lines: CR, LF or both; cr, lf, crlf: only that, so that the code may contain the ' +
        'others; stx_etx: between 02 and 03; suffix: the bytes of suffix_hex; idle: it sends no end, and silence ends a code',
    ),
  suffix_hex: hexBytes.default('').describe('With framing "suffix": the bytes after each code, in hex: 09'),
  prefix_hex: hexBytes
    .default('')
    .describe('Bytes before each code, in hex; they are taken off, and a code without them is unreadable'),
  idle_gap_ms: z
    .int()
    .min(10)
    .max(2_000)
    .default(50)
    .describe('With framing "idle": the silence that ends a code, in milliseconds'),
  aim: z
    .enum(['auto', 'required', 'none'])
    .default('auto')
    .describe(
      'AIM identifiers (]E0 and the like) before a code. auto: taken off and named where there is one; required: a code ' +
        'without one is unreadable, so that noise is never taken for a code; none: part of the code',
    ),
  ...scannerOptions,
  max_length: z
    .int()
    .min(1)
    .max(16_384)
    .default(8_192)
    .describe('The longest code, in bytes; a longer one is unreadable'),
});

/** Parsed {@link optionsSchema}. */
export type ScannerOptions = z.output<typeof optionsSchema>;

/** Throws `invalid_parameter` for options that don't go together. */
export function checkOptions(given: JsonObject): void {
  const { framing, suffix_hex } = optionsSchema.parse(given);
  if ((framing === 'suffix') === (suffix_hex !== '')) return;
  throw new AgentError(
    'invalid_parameter',
    framing === 'suffix'
      ? 'config.suffix_hex: missing; framing "suffix" needs the bytes that end a code.'
      : `config.suffix_hex: given, and framing is "${framing}".`,
    {
      hint: 'Give framing "suffix" and suffix_hex together, or neither.',
      details: { parameter: 'config.suffix_hex' },
    },
  );
}

/** The bytes that hex pairs stand for. */
export function bytesOf(hex: string): Uint8Array {
  return fromHex(hex);
}

import { z } from 'zod';
import { codePageTables } from './code-pages.table.ts';

/** Columns of font A (12 dots wide), with the dots of the heads they are usual on. */
const headDots = { 32: 384, 35: 420, 42: 512, 44: 528, 48: 576 } as const;

/** Configuration keys of this listing. */
export const optionsSchema = z.strictObject({
  columns: z
    .literal([32, 35, 42, 44, 48])
    .default(42)
    .describe('Characters in a line: 48 or 42 on 80 mm paper, 32 on 58 mm; as on the self-test slip'),
  head_width_dots: z
    .int()
    .min(192)
    .max(832)
    .multipleOf(4)
    .optional()
    .describe('Dots in a line; when left out, what is usual for columns (32: 384, 42: 512, 48: 576)'),
  code_pages: z
    .enum(codePageTables)
    .default('epson')
    .describe('Which numbers the model gives to its code pages; compare the self-test slip'),
  cutter: z.boolean().default(true).describe('Whether it has a cutter'),
  feed_before_cut_lines: z
    .int()
    .min(0)
    .max(20)
    .default(4)
    .describe('Lines fed before a cut, so that the last line is past the blade'),
  drawer: z.boolean().default(true).describe('Whether a cash drawer hangs on it'),
  drawer_pin: z.literal([2, 5]).default(2).describe("Pin of the drawer's coil"),
  drawer_pulse_ms: z.int().min(50).max(250).default(120).describe("How long the drawer's coil is on, in milliseconds"),
  drawer_open_level: z
    .enum(['unknown', 'high', 'low'])
    .default('unknown')
    .describe('Level of drawer pin 3 when the drawer is open; look with printer.read once, open and closed'),
  receipt_may_open_drawer: z
    .boolean()
    .default(false)
    .describe('Whether receipt.print may open the drawer too; it then has no policy of its own'),
  raw_commands: z
    .boolean()
    .default(false)
    .describe('Whether receipt.print takes raw printer commands; they are sent as they are, and can do anything'),
  answers: z
    .boolean()
    .default(true)
    .describe('Whether it answers at all; false for a model or a cable without a way back'),
  port_status: z
    .boolean()
    .default(true)
    .describe(
      'On the USB printer class, where answers is false: whether what its port tells (paper, error) is believed; false for ' +
        'a model that tells it wrongly or never',
    ),
  confirmation: z
    .enum(['auto', 'process_id', 'queue', 'none'])
    .default('auto')
    .describe(
      'How it proves that it printed: process_id (GS ( H, Epson TM-T88IV and later), queue (GS r: all was taken from its ' +
        'buffer), none; auto: process_id if it names itself a model that has it, else queue',
    ),
  reply_timeout_ms: z
    .int()
    .min(100)
    .max(10_000)
    .default(1_000)
    .describe('How long it may take to answer a question, in milliseconds'),
});

/** Parsed options. */
export type PrinterOptions = z.output<typeof optionsSchema>;

/** Dots across the paper. */
export function headWidthDots(options: Pick<PrinterOptions, 'columns' | 'head_width_dots'>): number {
  return options.head_width_dots ?? headDots[options.columns];
}

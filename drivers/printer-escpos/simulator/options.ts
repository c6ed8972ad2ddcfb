import { z } from 'zod';

const info = z.string().regex(/^[ -~]{0,60}$/, 'printable ASCII');

/** What a simulator's configuration may say about a printer. */
export const optionsSchema = z.strictObject({
  head_width_dots: z.int().min(192).max(832).default(512),
  maker: info.default('EPSON'),
  model: info.default('TM-T88V'),
  firmware: info.default('30.14 ESC/POS'),
  serial: info.default('SIM0000001'),
  /** Knows `GS ( H`. */
  process_id: z.boolean().default(true),
  /** `clone`: knows no `GS I 65` to `69` and no `GS ( H`. `mute`: answers nothing at all. */
  answers: z.enum(['all', 'clone', 'mute']).default('all'),
  /** The level of drawer pin 3 while the drawer is open. */
  drawer_open_level: z.enum(['high', 'low']).default('high'),
  /** How long a line takes; what waits behind it is answered later. */
  line_ms: z.int().min(0).max(1_000).default(0),
  /** What it can hold while it can't print; more is lost, as without flow control. */
  buffer_bytes: z.int().min(256).max(16_777_216).default(4_194_304),
  /** Whether it says by itself what changes (`GS a`), unasked. */
  automatic_status: z.boolean().default(false),
});

/** Options with every default filled in. */
export type SimulatorOptions = z.output<typeof optionsSchema>;

/** What a person in front of the printer can change. */
export const changeSchema = z.strictObject({
  cover: z.enum(['open', 'closed']).optional(),
  paper: z.enum(['ok', 'near_end', 'out']).optional(),
  cutter: z.enum(['ok', 'jammed']).optional(),
  online: z.boolean().optional(),
  overheated: z.boolean().optional(),
  drawer: z.enum(['open', 'closed']).optional(),
  /** Whether a pulse opens it; a stuck one stays shut. */
  drawer_stuck: z.boolean().optional(),
  /** Switched off and on again: what it had not printed is lost. */
  power_cycle: z.literal(true).optional(),
  /** The paper runs out after this many more lines; null: it does not. */
  lines_left: z.int().min(0).nullable().optional(),
});

/** A parsed {@link changeSchema}. */
export type PrinterChange = z.output<typeof changeSchema>;

/** What can be looked at closely. */
export const viewSchema = z.strictObject({
  /** The receipt's number, from 1; 0 is what is not cut yet. Default: the last one. */
  receipt: z.int().min(0).optional(),
});

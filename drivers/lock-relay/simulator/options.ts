import { z } from 'zod';
import { boardNames } from '../boards.table.ts';

const channel = z.int().min(1).max(32);

/** A simulated board: a key of `boards`, and how this one behaves. */
export const boardOptionsSchema = z.strictObject({
  board: z.enum(boardNames),
  /** What its firmware answers to the status question, if it is an LCUS board. */
  status: z.enum(['none', 'lines', 'bytes']).default('none'),
  /** Relays that are on to begin with. */
  on: z.array(channel).default([]),
  /** The relays keep their state while the data cable is out. Else it feeds them, and they fall off. */
  own_supply: z.boolean().default(false),
  /** The serial number of a dcttech board. */
  serial: z
    .string()
    .regex(/^[!-~]{5}$/)
    .default('BITFT'),
});

export type BoardOptions = z.output<typeof boardOptionsSchema>;

/** What a person at the board can do, or what can go wrong with it. */
export const boardChangeSchema = z.strictObject({
  /** Switches a relay by hand. */
  channel: channel.optional(),
  on: z.boolean().optional(),
  /** Relays that no longer move: welded, or their coil is broken. */
  stuck: z.array(channel).optional(),
  /** The processor hangs: it hears and says nothing. */
  deaf: z.boolean().optional(),
});

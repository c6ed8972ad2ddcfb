import { z } from 'zod';
import { type DeepReadonly, jsonObjectSchema, timestampSchema } from './common.ts';
import { journalEntrySchema } from './journal.ts';

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const limit = z.array(z.string()).nullable();

/** What the hash of a line is made of, for whoever checks an export without us. */
const hashWords =
  'SHA-256, in hex, of the line before (nothing for the first), a line feed, and this line without its hash; all in RFC 8785 form';

/** The first line of an export. */
const headerSchema = z.strictObject({
  type: z.literal('header'),
  format: z.literal('fibric-edge-journal'),
  format_version: z.literal(1),
  n: z.literal(0),
  installation_id: z.string(),
  version: z.string().describe('Of the agent that wrote it'),
  epoch: z.string().describe("The journal's epoch when it was written; each entry names its own"),
  since: timestampSchema.nullable(),
  until: timestampSchema.nullable(),
  connector_id: z.string().nullable().describe('Null: of all connectors'),
  connectors: limit.describe("The token's limit; entries outside are left out. Null: none"),
  tools: limit,
  exported_at: timestampSchema,
  hash: hash.describe(hashWords),
});

/** One side effect in an export. */
const lineSchema = z.strictObject({
  type: z.literal('entry'),
  n: z.int().min(1).describe('Counts up by one'),
  entry: journalEntrySchema,
  hash,
});

/** The last line of an export; its hash stands for the whole. */
const trailerSchema = z.strictObject({
  type: z.literal('trailer'),
  n: z.int().min(1),
  count: z.int().min(0).describe('How many entries there are'),
  hash,
});

/** One line of an exported journal. */
export const journalExportLineSchema = z
  .discriminatedUnion('type', [headerSchema, lineSchema, trailerSchema])
  .meta({ id: 'JournalExportLine' });
/** One line of an exported journal. */
export type JournalExportLine = DeepReadonly<z.output<typeof journalExportLineSchema>>;
/** The first line of an exported journal. */
export type JournalExportHeader = DeepReadonly<z.output<typeof headerSchema>>;

/** A line as far as it has to be understood to be checked: entries of later versions may hold more. */
export const checkableLineSchema = z.discriminatedUnion('type', [
  headerSchema,
  lineSchema.extend({ entry: jsonObjectSchema }),
  trailerSchema,
]);
/** A line as far as it has to be understood to be checked. */
export type CheckableLine = DeepReadonly<z.output<typeof checkableLineSchema>>;

/** Which part of the journal is exported. */
export const journalExportQuerySchema = z.strictObject({
  since: timestampSchema.optional().describe('Accepted at this instant or later; RFC 3339, UTC'),
  until: timestampSchema.optional().describe('Accepted before this instant'),
  connector_id: z.string().min(1).max(100).optional(),
});
/** Which part of the journal is exported. */
export type JournalExportFilter = DeepReadonly<z.output<typeof journalExportQuerySchema>>;

import { z } from 'zod';
import { type Database, jsonColumn } from '../../store/index.ts';
import { jsonObject } from '../storage/column-shapes.ts';
import type { TestRecord } from './test-record.ts';

const recordSchema: z.ZodType<TestRecord> = z.object({
  id: z.string(),
  connector_id: z.string(),
  status: z.enum(['passed', 'failed']),
  results: z.array(
    z.object({
      tool: z.string(),
      mode: z.enum(['live', 'dry_run']),
      ok: z.boolean(),
      latency_ms: z.number(),
      note: z.string().optional(),
      evidence: z.string().optional(),
      error: z.object({ code: z.string(), message: z.string(), hint: z.string().nullable() }).optional(),
    }),
  ),
  tested_at: z.string(),
  tested_by: z.string(),
  circumstances: jsonObject,
});

/** How many records of one connector are shown. */
const SHOWN = 100;

/** The commissioning records of a connector, newest first; they outlive it. */
export function readTestRecords(database: Database, connectorId: string): readonly TestRecord[] {
  return database
    .read(
      z.object({ record: jsonColumn(recordSchema) }),
      'SELECT record FROM tests WHERE connector_id = :id ORDER BY tested_at DESC, rowid DESC LIMIT :limit',
      { id: connectorId, limit: SHOWN },
    )
    .map(({ record }) => record);
}

/** Keeps one for good. */
export async function storeTestRecord(database: Database, record: TestRecord): Promise<void> {
  await database.write([
    {
      sql: 'INSERT INTO tests (id, connector_id, record, tested_at) VALUES (:id, :connector_id, :record, :tested_at)',
      parameters: {
        id: record.id,
        connector_id: record.connector_id,
        record: JSON.stringify(record),
        tested_at: record.tested_at,
      },
    },
  ]);
}

import { z } from 'zod';
import type { Database, SqlValue } from '../../store/index.ts';
import { toInstant } from '../clock.ts';
import type { JournalEntry, JournalSpan } from './journal-entry.ts';
import { journalRowSchema, toEntry } from './journal-row.ts';

const PAGE_ROWS = 200;

const positionedSchema = journalRowSchema.and(z.object({ position: z.int() }));

/**
 * The journal from its beginning, in the order in which rows were accepted, a page at a time: each is read when it is
 * asked for, so that a journal of any length takes no more memory than a page.
 */
export function* readJournalPages(
  database: Database,
  { connector_id: connectorId, sinceMs, untilMs }: JournalSpan,
): Generator<readonly JournalEntry[], void, void> {
  const conditions = ['rowid > :position'];
  const parameters: Record<string, SqlValue> = { limit: PAGE_ROWS };
  if (connectorId !== undefined) {
    conditions.push('connector_id = :connector_id');
    parameters['connector_id'] = connectorId;
  }
  if (sinceMs !== undefined) {
    conditions.push('created_at >= :since');
    parameters['since'] = toInstant(sinceMs);
  }
  if (untilMs !== undefined) {
    conditions.push('created_at < :until');
    parameters['until'] = toInstant(untilMs);
  }
  const sql = `SELECT rowid AS position, * FROM effects WHERE ${conditions.join(' AND ')} ORDER BY rowid LIMIT :limit`;
  for (let position = 0; ; ) {
    const rows = database.read(positionedSchema, sql, { ...parameters, position });
    if (rows.length > 0) yield rows.map(({ position: _, ...row }) => toEntry(row));
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE_ROWS) return;
    position = last.position;
  }
}

import type { JournalEntryObject } from '../../../main/api/schemas/index.ts';
import type { AgentProcess } from '../../whole/support/agent-process.ts';
import type { Row } from '../kills/judge.ts';

/** The newest rows of the journal by their key; `count` of them at least. */
export async function rowsByKey(
  agent: Pick<AgentProcess, 'api'>,
  count: number,
): Promise<ReadonlyMap<string, JournalEntryObject>> {
  const rows: JournalEntryObject[] = [];
  let cursor: string | null = null;
  do {
    const page: { data: readonly JournalEntryObject[]; next_cursor: string | null } = await agent.api.listJournal({
      limit: 100,
      ...(cursor === null ? {} : { cursor }),
    });
    rows.push(...page.data);
    cursor = page.next_cursor;
  } while (cursor !== null && rows.length < count);
  return new Map(rows.map((row) => [row.idempotency_key, row]));
}

/** A row as the judge needs it. */
export function toRow(entry: JournalEntryObject | undefined): Row | null {
  if (entry === undefined) return null;
  const { state, sent, evidence, result } = entry;
  // What an `act` answered carries its result; what a question found out later does not.
  const resolved = (state === 'applied' && result === null) || (state === 'failed' && sent && evidence !== null);
  return { state, sent, resolved };
}

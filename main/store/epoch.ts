import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { AgentError } from '../../drivers/kit/index.ts';
import type { StoreNotice } from './messages.ts';
import type { Database } from './store.ts';
import type { WriteFile } from './write-file.ts';

/** What was found where the journal should be. */
export type JournalFinding =
  | { readonly type: 'whole' }
  | { readonly type: 'missing' }
  | { readonly type: 'damaged'; readonly movedTo: string };

/** The journal's life: what it remembers begins with its epoch. */
export interface Epoch {
  readonly id: string;
  /** False after a journal was lost or damaged, until a person has accepted that its memory is gone. No side effect runs before. */
  readonly acknowledged: boolean;
}

const valueRow = z.object({ value: z.string() });

/**
 * Compares the journal's epoch with the one that `state.db` remembers and begins a new one where they contradict each
 * other (contract section 1). Returns what a person should hear.
 */
export function settleEpoch(journal: WriteFile, state: WriteFile, finding: JournalFinding): StoreNotice[] {
  const inJournal = readValue(journal, "SELECT value FROM meta WHERE key = 'epoch'");
  const remembered = readValue(state, "SELECT value FROM settings WHERE key = 'epoch'");
  if (inJournal !== null && (remembered === null || remembered === inJournal)) {
    if (remembered === null) remember(state, inJournal);
    return [];
  }
  const firstStart = inJournal === null && remembered === null && finding.type !== 'damaged';
  const id = `ep_${randomBytes(16).toString('hex')}`;
  journal.connection
    .transaction(() => {
      const put = journal.connection.prepare('INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)');
      put.run('epoch', id);
      put.run('epoch_acknowledged', firstStart ? '1' : '0');
    })
    .immediate();
  remember(state, id);
  return firstStart ? [] : [describe(finding, id)];
}

/** The journal's epoch. */
export function readEpoch(journal: Database): Epoch {
  const value = (key: string) => journal.read(valueRow, 'SELECT value FROM meta WHERE key = :key', { key })[0]?.value;
  const id = value('epoch');
  if (id === undefined)
    throw new AgentError('store_unavailable', 'journal.db has no epoch.', { hint: 'Restart the agent.' });
  return { id, acknowledged: value('epoch_acknowledged') === '1' };
}

/** Records that a person has accepted the loss; side effects may run again. `epochId` is the one that was shown; another is `state_conflict`. */
export async function acknowledgeEpoch(journal: Database, epochId: string): Promise<void> {
  await journal.write([
    {
      sql: `UPDATE meta SET value = '1' WHERE key = 'epoch_acknowledged'
            AND EXISTS (SELECT 1 FROM meta WHERE key = 'epoch' AND value = :epochId)`,
      parameters: { epochId },
      expectChanges: 1,
    },
  ]);
}

function readValue(file: WriteFile, sql: string): string | null {
  return valueRow.optional().parse(file.connection.prepare(sql).get())?.value ?? null;
}

function remember(state: WriteFile, id: string): void {
  state.connection.prepare("INSERT OR REPLACE INTO settings (key, value) VALUES ('epoch', ?)").run(id);
}

function describe(finding: JournalFinding, epoch: string): StoreNotice {
  const locked = 'Side effects are locked until a person acknowledges that.';
  switch (finding.type) {
    case 'damaged':
      return {
        message: `The journal of side effects was damaged and is kept as ${finding.movedTo}; a new one begins. ${locked}`,
        details: { epoch, kept: finding.movedTo },
      };
    case 'missing':
      return { message: `The journal of side effects is gone; a new one begins. ${locked}`, details: { epoch } };
    case 'whole':
      return {
        message: `The journal of side effects is not the one last used here (an old copy?); a new epoch begins. ${locked}`,
        details: { epoch },
      };
  }
}

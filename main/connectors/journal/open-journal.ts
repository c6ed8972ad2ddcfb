import type { Database } from '../../store/index.ts';
import type { Clock } from '../clock.ts';
import { createApprovalRows } from './approval-rows.ts';
import { createDeliveryNotes } from './delivery-notes.ts';
import { createEffectTimes } from './effect-times.ts';
import { openEffectsTable } from './effects-table.ts';
import type { Journal } from './journal.ts';
import { createJournalQueries } from './journal-queries.ts';
import type { JournalRow } from './journal-row.ts';
import { createJournalTransitions } from './journal-transitions.ts';

/** Opens the journal over its database; `onChange` sees every row that was stored, after it was. */
export function openJournal(parts: {
  readonly database: Database;
  readonly epoch: string;
  readonly clock: Clock;
  readonly onChange: (row: JournalRow) => void;
}): Journal {
  const { database, clock } = parts;
  const table = openEffectsTable(parts);
  const times = createEffectTimes(clock);
  const notes = createDeliveryNotes({ database, clock });
  const { delivered, told, idle } = notes;
  return {
    ...createJournalQueries({ database, table, times, notes }),
    ...createApprovalRows({ table, clock }),
    ...createJournalTransitions({ table, times, clock }),
    delivered,
    told,
    idle,
  };
}

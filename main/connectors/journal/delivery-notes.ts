import type { Database } from '../../store/index.ts';
import { type Clock, toInstant } from '../clock.ts';
import type { Journal } from './journal.ts';

/** Which answers have reached their callers. A note counts from the moment it is taken, before it is on disk. */
export interface DeliveryNotes extends Pick<Journal, 'delivered' | 'told' | 'idle'> {
  /** Delivered, but the note of it is not on disk yet. */
  isDelivering(journalId: string): boolean;
  /** The same of what was said about a row in `state`, of which nothing was sent. */
  isTelling(journalId: string, state: string): boolean;
}

/** Begins to take notes. */
export function createDeliveryNotes({
  database,
  clock,
}: {
  readonly database: Database;
  readonly clock: Clock;
}): DeliveryNotes {
  const now = () => toInstant(clock.now());
  const delivering = new Map<string, Promise<void>>();
  const telling = new Map<string, Promise<void>>();

  return {
    isDelivering: (journalId) => delivering.has(journalId),
    isTelling: (journalId, state) => telling.has(`${journalId}/${state}`),
    async delivered(journalId) {
      const already = delivering.get(journalId);
      if (already !== undefined) return already;
      const writing = database
        .write([
          {
            sql: 'UPDATE effects SET delivered_at = :at WHERE journal_id = :id AND delivered_at IS NULL',
            parameters: { at: now(), id: journalId },
          },
        ])
        .then(() => {})
        .finally(() => delivering.delete(journalId));
      delivering.set(journalId, writing);
      return writing;
    },
    async told(journalId, state) {
      const writing = database
        .write([
          {
            sql: `UPDATE effects SET delivered_at = :at
                  WHERE journal_id = :id AND delivered_at IS NULL AND approval_id IS NOT NULL AND sent = 0 AND state = :state`,
            parameters: { at: now(), id: journalId, state },
          },
        ])
        .then(() => {})
        .finally(() => telling.delete(`${journalId}/${state}`));
      telling.set(`${journalId}/${state}`, writing);
      return writing;
    },
    async idle() {
      await Promise.allSettled([...delivering.values(), ...telling.values()]);
    },
  };
}

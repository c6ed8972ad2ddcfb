import { z } from 'zod';
import type { Database, SqlValue } from '../../store/index.ts';
import { hasApproval } from '../approvals/approval-view.ts';
import { toInstant } from '../clock.ts';
import type { DeliveryNotes } from './delivery-notes.ts';
import { type EffectTimes, toolKey } from './effect-times.ts';
import type { EffectsTable } from './effects-table.ts';
import type { Journal } from './journal.ts';
import { toEntry } from './journal-row.ts';

/** What is asked of the journal: by key, by device, by time. */
export function createJournalQueries({
  database,
  table,
  times,
  notes,
}: {
  readonly database: Database;
  readonly table: EffectsTable;
  readonly times: EffectTimes;
  readonly notes: DeliveryNotes;
}): Pick<
  Journal,
  | 'find'
  | 'row'
  | 'entries'
  | 'unresolvedOn'
  | 'sentSince'
  | 'heldOn'
  | 'lastEffectOn'
  | 'undelivered'
  | 'unheardRequest'
  | 'isUntold'
> {
  const { select, row, unresolvedOn } = table;
  return {
    find: ({ connectorId, caller, key }) =>
      select('WHERE connector_id = :connector_id AND caller = :caller AND idempotency_key = :key', {
        connector_id: connectorId,
        caller: caller.id,
        key,
      })[0] ?? null,
    row,
    entries({ connector_id, state, before, limit }) {
      const conditions: string[] = ['1'];
      const parameters: Record<string, SqlValue> = { limit };
      if (connector_id !== undefined) {
        conditions.push('connector_id = :connector_id');
        parameters['connector_id'] = connector_id;
      }
      if (state !== undefined) {
        conditions.push('state = :state');
        parameters['state'] = state;
      }
      if (before !== undefined) {
        row(before);
        conditions.push('rowid < (SELECT rowid FROM effects WHERE journal_id = :before)');
        parameters['before'] = before;
      }
      return select(`WHERE ${conditions.join(' AND ')} ORDER BY rowid DESC LIMIT :limit`, parameters).map(toEntry);
    },
    unresolvedOn,
    sentSince: (connectorId, tool, sinceMs) =>
      times.sentSince(toolKey(connectorId, tool), sinceMs, (afterWallMs) =>
        database
          .read(
            z.object({ journal_id: z.string(), sent_at: z.string() }),
            `SELECT journal_id, sent_at FROM effects
             WHERE connector_id = :connector_id AND tool = :tool AND sent = 1 AND sent_at > :since`,
            { connector_id: connectorId, tool, since: toInstant(afterWallMs) },
          )
          .map((found) => ({ journalId: found.journal_id, wallMs: Date.parse(found.sent_at) })),
      ),
    heldOn: (deviceId) =>
      select('WHERE device_id = :device_id AND release_due_at IS NOT NULL AND released_at IS NULL', {
        device_id: deviceId,
      }),
    lastEffectOn(deviceId, output) {
      const [found] = database.read(
        z.object({ at: z.string().nullable() }),
        `SELECT max(coalesce(released_at, sent_at)) AS at FROM effects
         WHERE device_id = :device_id AND output = :output AND sent = 1`,
        { device_id: deviceId, output },
      );
      return found?.at == null ? null : Date.parse(found.at);
    },
    undelivered: (intent, sinceMs) =>
      select(
        `WHERE connector_id = :connector_id AND caller = :caller AND fingerprint = :fingerprint AND key_given = 0
           AND sent = 1 AND ended_at IS NOT NULL AND delivered_at IS NULL AND settlement IS NULL ORDER BY rowid DESC`,
        { connector_id: intent.connectorId, caller: intent.caller.id, fingerprint: intent.fingerprint },
      ).find(
        ({ journal_id: id, ended_at: endedAt }) =>
          !notes.isDelivering(id) && times.endedAt(id, Date.parse(endedAt ?? '')) >= sinceMs,
      ) ?? null,

    unheardRequest: (intent) =>
      select(
        `WHERE connector_id = :connector_id AND caller = :caller AND fingerprint = :fingerprint AND key_given = 0
           AND state = 'awaiting_approval' AND delivered_at IS NULL ORDER BY rowid DESC`,
        { connector_id: intent.connectorId, caller: intent.caller.id, fingerprint: intent.fingerprint },
      ).find(hasApproval) ?? null,
    isUntold({ journal_id: journalId, state, sent, approval, delivered_at: deliveredAt }) {
      const ended = state === 'refused' || (state === 'failed' && !sent);
      return ended && approval?.decision != null && deliveredAt === null && !notes.isTelling(journalId, state);
    },
  };
}

import { AgentError } from '../../../drivers/kit/index.ts';
import type { Database } from '../../store/index.ts';
import { type Clock, toInstant } from '../clock.ts';

/** What is done here and sends nothing. How it ended is seen by whether the connector is there, not by the row. */
export const UNINSTALL_TOOL = 'connector.uninstall';

const nothingSent = new AgentError('closed', 'The agent stopped before anything was sent.', {
  hint: 'It is safe to ask again, with the same key.',
});
const notKnown = new AgentError(
  'closed',
  'The agent stopped while this was on its way, so it is not known if it happened.',
  {
    hint: 'The device is asked as soon as it is back; if it cannot tell, look at it and answer what you saw.',
  },
);

/** Nobody decided before the countdown ended. */
export function expiredError(): AgentError {
  return new AgentError('refused', 'Nobody allowed this in time. Nothing was sent.', {
    hint: 'Ask again if it is still wanted.',
    details: { reason: 'approval_expired' },
  });
}

/**
 * Brings the journal that a stopped agent left behind into a state that is true (contract section 1, "after a crash").
 * To be run before anything reads the journal. Resolves with the number of rows whose outcome became unknown.
 */
export async function recoverJournal(database: Database, clock: Clock): Promise<number> {
  const at = toInstant(clock.now());
  const changes = await database.write([
    {
      sql: "UPDATE effects SET state = 'failed', sent = 0, ended_at = :at, error = :error WHERE state = 'accepted' AND tool <> :uninstall",
      parameters: { at, error: JSON.stringify(nothingSent.serialize()), uninstall: UNINSTALL_TOOL },
    },
    {
      sql: "UPDATE effects SET state = 'unknown', sent = 1, ended_at = :at, error = :error WHERE state = 'sent'",
      parameters: { at, error: JSON.stringify(notKnown.serialize()) },
    },
    expireStatement(clock),
  ]);
  return changes[1] ?? 0;
}

/** How long rows of settled effects are kept, in days. */
export const JOURNAL_KEPT_DAYS = 90;
const RETENTION_MS = JOURNAL_KEPT_DAYS * 24 * 3_600_000;

/** Drops rows older than 90 days, but none that may have happened and is not settled. */
export async function tidyJournal(database: Database, clock: Clock): Promise<void> {
  await database.write([
    {
      sql: `DELETE FROM effects WHERE last_attempt_at < :before AND state NOT IN ('accepted', 'sent', 'awaiting_approval')
            AND NOT (state = 'unknown' AND settlement IS NULL)
            AND NOT (release_due_at IS NOT NULL AND released_at IS NULL)`,
      parameters: { before: toInstant(clock.now() - RETENTION_MS) },
    },
  ]);
}

/** Ends the approvals whose time ran out while no agent was here to end them. */
function expireStatement(clock: Clock) {
  const at = toInstant(clock.now());
  return {
    sql: `UPDATE effects SET state = 'refused', reason = 'approval_expired', error = :error, ended_at = :at,
            delivered_at = NULL, approval = json_set(approval, '$.decision', json(:decision))
          WHERE state = 'awaiting_approval' AND (approval IS NULL OR json_extract(approval, '$.expires_at') <= :at)`,
    parameters: {
      at,
      error: JSON.stringify(expiredError().serialize()),
      decision: JSON.stringify({ state: 'expired', by: null, note: null, at }),
    },
  };
}

import { AgentError, type SerializedAgentError } from '../../../drivers/kit/index.ts';
import type { Database, SqlValue } from '../../store/index.ts';
import { type Clock, toInstant } from '../clock.ts';
import { mintId } from '../ids.ts';
import type { Intent } from './intent.ts';
import { isUnresolved, type JournalRow, journalRowSchema } from './journal-row.ts';
import { planToText } from './plan-text.ts';

/** Nothing left under these, and no call works on them: whoever begins an attempt makes sure of the latter. */
const RETRYABLE = "(state IN ('refused', 'accepted') OR (state = 'failed' AND sent = 0))";

/** What a row's attempt begins as. */
export interface FirstState {
  readonly state: 'accepted' | 'refused' | 'awaiting_approval';
  readonly reason: string | null;
  readonly error: string | null;
  readonly ended_at: string | null;
  readonly approval_id?: string;
  readonly approval?: string;
}

/** The rows of the journal: read, begun, and moved from a state that the row must still be in. Writes resolve when they are on disk. */
export interface EffectsTable {
  /** `where` is everything after the table's name. */
  select(where: string, parameters: Readonly<Record<string, SqlValue>>): JournalRow[];
  /** Rejects with `not_found`. */
  row(journalId: string): JournalRow;
  /** Begins a row, or begins a row's next attempt, in `state`. */
  begin(intent: Intent, previous: JournalRow | null, state: FirstState): Promise<JournalRow>;
  /** Changes a row for which `from` is true, with `condition` bound in it; rejects with `state_conflict` when it is not. */
  move(
    journalId: string,
    from: string,
    change: Readonly<Record<string, SqlValue>>,
    condition?: Readonly<Record<string, SqlValue>>,
  ): Promise<JournalRow>;
  /** Rows of a device that may have happened and are not settled. No disk. */
  unresolvedOn(deviceId: string): readonly string[];
  /** Counts a row among those until it is next moved. */
  suspect(row: JournalRow): void;
}

/** Opens the table; `onChange` sees every row that was stored, after it was. */
export function openEffectsTable(parts: {
  readonly database: Database;
  readonly epoch: string;
  readonly clock: Clock;
  readonly onChange: (row: JournalRow) => void;
}): EffectsTable {
  const { database, epoch, clock, onChange } = parts;
  const now = () => toInstant(clock.now());
  const select = (where: string, parameters: Readonly<Record<string, SqlValue>>) =>
    database.read(journalRowSchema, `SELECT * FROM effects ${where}`, parameters);

  const unresolved = new Map<string, Set<string>>();
  const track = (row: JournalRow) => {
    const ids = unresolved.get(row.device_id) ?? new Set();
    if (isUnresolved(row)) ids.add(row.journal_id);
    else ids.delete(row.journal_id);
    if (ids.size === 0) unresolved.delete(row.device_id);
    else unresolved.set(row.device_id, ids);
  };
  for (const row of select("WHERE state = 'unknown' AND settlement IS NULL", {})) track(row);

  const row = (journalId: string): JournalRow => {
    const found = select('WHERE journal_id = :id', { id: journalId })[0];
    if (found !== undefined) return found;
    throw new AgentError('not_found', `There is no journal row ${journalId}.`, {
      hint: 'List the journal to see its rows.',
    });
  };

  const move = async (
    journalId: string,
    from: string,
    change: Readonly<Record<string, SqlValue>>,
    condition: Readonly<Record<string, SqlValue>> = {},
  ) => {
    const assignments = Object.keys(change).map((column) => `${column} = :${column}`);
    await database.write([
      {
        sql: `UPDATE effects SET ${assignments.join(', ')} WHERE journal_id = :journal_id AND ${from}`,
        parameters: { ...change, ...condition, journal_id: journalId },
        expectChanges: 1,
      },
    ]);
    const after = row(journalId);
    track(after);
    onChange(after);
    return after;
  };

  const begin = async (intent: Intent, previous: JournalRow | null, state: FirstState) => {
    const at = now();
    const attempt = {
      approval_id: null,
      approval: null,
      delivered_at: null,
      ...state,
      connector_name: intent.connectorName,
      device_id: intent.deviceId,
      caller_name: intent.caller.name,
      summary: intent.plan.summary,
      plan: planToText(intent.plan),
      entity_key: intent.entityKey,
      output: intent.plan.output ?? null,
      last_attempt_at: at,
    };
    if (previous !== null) {
      const cleared = {
        ...{ sent: 0, evidence: null, witness: null, result: null, sent_at: null },
        ...{ release_due_at: null, released_at: null, release_reason: null, release_evidence: null },
      };
      const next = { ...attempt, ...cleared, attempts: previous.attempts + 1 };
      return move(previous.journal_id, `${RETRYABLE} AND attempts = ${previous.attempts}`, next);
    }
    const journalId = mintId('jr');
    const fresh: Record<string, SqlValue> = {
      ...attempt,
      journal_id: journalId,
      epoch,
      connector_id: intent.connectorId,
      caller: intent.caller.id,
      tool: intent.tool,
      arguments: JSON.stringify(intent.arguments),
      fingerprint: intent.fingerprint,
      idempotency_key: intent.key,
      key_given: intent.keyGiven ? 1 : 0,
      sent: 0,
      attempts: 1,
      created_at: at,
    };
    const names = Object.keys(fresh);
    await database.write([
      {
        sql: `INSERT INTO effects (${names.join(', ')}) VALUES (${names.map((name) => `:${name}`).join(', ')})`,
        parameters: fresh,
        expectChanges: 1,
      },
    ]);
    const after = row(journalId);
    onChange(after);
    return after;
  };

  return {
    select,
    row,
    begin,
    move,
    unresolvedOn: (deviceId) => [...(unresolved.get(deviceId) ?? [])],
    suspect({ device_id: deviceId, journal_id: journalId }) {
      unresolved.set(deviceId, new Set(unresolved.get(deviceId)).add(journalId));
    },
  };
}

/** An error as a row keeps it. */
export function errorText(error: SerializedAgentError | null): string | null {
  return error === null ? null : JSON.stringify(error);
}

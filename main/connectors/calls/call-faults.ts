import { AgentError, type JsonObject } from '../../../drivers/kit/index.ts';
import type { ActAnswer } from '../../hardware/index.ts';
import type { Clock } from '../clock.ts';
import type { ConnectorRecord } from '../directory/connector-record.ts';
import type { Intent, Refusal } from '../journal/intent.ts';
import type { Journal } from '../journal/journal.ts';
import type { JournalRow } from '../journal/journal-row.ts';

/** A `check` that rejected, so that it is told apart from a turn that never came. */
export class CheckFailed extends Error {
  override readonly name = 'CheckFailed';
  readonly fault: AgentError;

  constructor(cause: unknown) {
    super('check failed', { cause });
    this.fault = AgentError.from(cause);
  }
}

/** For a rejected `check`. */
export function rejectAsCheckFailed(error: unknown): never {
  if (AgentError.is(error, 'cancelled')) throw error;
  throw new CheckFailed(error);
}

/** Ends an attempt of which nothing was sent. */
export function endUnsent(journal: Journal, journalId: string, error: unknown): Promise<JournalRow> {
  if (error instanceof CheckFailed) return journal.withdraw(journalId, { reason: 'check_failed', error: error.fault });
  const fault = AgentError.from(error);
  if (fault.code === 'cancelled') return journal.withdraw(journalId, { reason: 'cancelled', error: fault });
  if (fault.code === 'device_busy') return journal.withdraw(journalId, { reason: 'device_busy', error: fault });
  return journal.abandon(journalId, fault);
}

/** An `act` that rejected instead of answering: whether a byte left is not known. */
export function doubtful(error: unknown): ActAnswer {
  return { outcome: 'unknown', sent: true, evidence: null, result: null, error: AgentError.from(error).serialize() };
}

/** The device answered, but the journal could not take it down; after a restart the row will read `unknown`. */
export function unrecorded(answer: ActAnswer, error: unknown): AgentError {
  const { code, message } = AgentError.from(error);
  return new AgentError(
    code,
    `It was sent and the device side answered "${answer.outcome}", but that could not be recorded. ${message}`,
    { hint: 'Make room on the disk, then look at the device and settle the row.', cause: error },
  );
}

/** The same key came with another action. */
export function keyConflict(intent: Intent, journalId: string | null): Refusal {
  return {
    reason: 'idempotency_conflict',
    error: new AgentError(
      'idempotency_conflict',
      `The key ${intent.key} was used for another action of ${intent.connectorName}. Nothing was sent.`,
      { hint: 'Use a new key for a new action.', details: { reason: 'idempotency_conflict', journal_id: journalId } },
    ),
  };
}

/** `connector` waits for its device. */
export function noDeviceYet(connector: ConnectorRecord): AgentError {
  return new AgentError(
    'device_unplugged',
    `${connector.name} waits for its device: nothing that matches was plugged in yet.`,
    {
      hint: 'Plug it in; it is taken into use by itself.',
      details: { device: connector.name, reason: 'device_unplugged' },
    },
  );
}

/** `connector` has no tool of that name. */
export function unknownTool(connector: ConnectorRecord, name: string): AgentError {
  const names = connector.tools.map((tool) => tool.capability);
  return new AgentError('unknown_tool', `${connector.name} has no tool ${name}.`, {
    hint: names.length === 0 ? 'Its tools are not known; look at its health.' : `It has ${names.join(', ')}.`,
    details: { tool: name, tools: names },
  });
}

/** Milliseconds left until a moment of the monotonic clock; throws with `deadline_exceeded` when there are none. */
export function remainingMs(endsAtMs: number, clock: Clock): number {
  const left = endsAtMs - clock.monotonicMs();
  if (left > 0) return left;
  throw new AgentError('deadline_exceeded', 'The time for this call ran out before anything was sent.', {
    hint: 'Allow more time, or look whether the device is busy.',
  });
}

/** The caller's own key when it is usable, so that even an error about other arguments names it. */
export function givenKey(args: JsonObject): string | null {
  const { idempotency_key: key } = args;
  return typeof key === 'string' && key.length >= 1 && key.length <= 255 ? key : null;
}

import { AgentError } from '../../../drivers/kit/index.ts';
import type { Caller } from '../caller.ts';
import type { Refusal } from '../journal/intent.ts';
import type { ApprovalRow } from './approval-view.ts';

/** Requests of one connector that may wait at once: beyond it a person is not asked, but flooded. */
export const MOST_WAITING = 32;

/** Two people press at once: the one who comes second is told so. */
export function atThisMoment(approvalId: string): AgentError {
  return new AgentError('state_conflict', `Approval ${approvalId} is being allowed at this moment.`, {
    hint: `See what comes of it: fibric-edge approvals show ${approvalId}`,
  });
}

/** Somebody decided in the same moment; that stands. */
export function unlessDecided(error: unknown): void {
  if (!AgentError.is(error, 'state_conflict')) throw error;
}

/** Approvals are given by people at this machine; never by a token, MCP or a hub (contract section 1). */
export function requirePerson({ kind, name }: Caller): void {
  if (kind === 'local-admin' || kind === 'window') return;
  throw new AgentError('local_only', `${name} can't decide approvals: only a person at this machine can.`, {
    hint: 'Use the window or the fibric-edge command on the machine itself.',
  });
}

/** What was asked no longer stands. `what`: `was unplugged`. */
export function voided(row: ApprovalRow, what: string): Refusal {
  return {
    reason: 'approval_expired',
    error: new AgentError(
      'refused',
      `${row.connector_name} ${what} since this was asked, so that it can't be allowed any more. Nothing was sent.`,
      { hint: 'The program may ask again.', details: { reason: 'approval_expired', cause: 'void' } },
    ),
  };
}

/** A person would not be asked, but flooded. */
export function tooMany(name: string): Refusal {
  return {
    reason: 'device_busy',
    error: new AgentError(
      'refused',
      `${MOST_WAITING} actions of ${name} wait for a person already. Nothing was sent.`,
      {
        hint: 'Wait until they are decided.',
        details: { reason: 'device_busy' },
      },
    ),
  };
}

/** There is nothing to be done it to, so that nobody is asked. */
export function absent(name: string): AgentError {
  return new AgentError('device_unplugged', `${name} is unplugged, so that nobody was asked. Nothing was sent.`, {
    hint: 'Plug it in and call again.',
    details: { device: name, reason: 'device_unplugged' },
  });
}

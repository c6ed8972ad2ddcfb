import type { ErrorCode, SerializedAgentError } from '../../../drivers/kit/index.ts';
import type { ConnectorStatus, Health } from '../directory/connector.ts';
import { type HealthSubject, healthWords } from './health-words.table.ts';

/** What is known of a connector's state, and a failed test that stands until something proves it wrong. */
export interface HealthState {
  readonly status: ConnectorStatus;
  readonly health: Health;
  /** A tool that failed its test although the device answered; traffic with other tools does not clear it. */
  readonly failedTest: { readonly tool: string; readonly error: SerializedAgentError } | null;
  /** An output that may still be on; nothing else is worth knowing until it is off. */
  readonly stuckOutput: SerializedAgentError | null;
}

/** What changes it. */
export type HealthSignal =
  | { readonly type: 'opening' }
  | { readonly type: 'succeeded' }
  /** The port is open; the device can't be asked, so that is all there is to know. `sendsByItself`: it may be heard. */
  | { readonly type: 'port_open'; readonly sendsByItself: boolean }
  | { readonly type: 'output_stuck'; readonly error: SerializedAgentError }
  | { readonly type: 'output_off' }
  | { readonly type: 'failed'; readonly error: SerializedAgentError; readonly causeId: string | null }
  | { readonly type: 'test_failed'; readonly tool: string; readonly error: SerializedAgentError }
  | { readonly type: 'tools_passed'; readonly tools: readonly string[] };

/** Errors that say that the device, or the way to it, is not there. All others prove that it answered, or say nothing of it. */
const faults: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'device_unplugged',
  'port_busy',
  'permission_denied',
  'no_reply',
  'bad_reply',
  'ambiguous_device',
  'wrong_device',
  'port_limit',
  'unsupported_setting',
  'source_unreachable',
  'target_refused',
  'invalid_configuration',
  'vault_unavailable',
  'auth_failed',
  'closed',
  'release_unconfirmed',
]);

const answers: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['device_refused', 'device_not_ready', 'out_of_range']);

/** Whether the device, or the way to it, is at fault. */
export function isFault(error: SerializedAgentError): boolean {
  return faults.has(error.code);
}

/** What a finished transaction says: an answer, a fault, or nothing (it only waited, or was called off). */
export function judgeTransaction(error: SerializedAgentError | null, causeId: string | null): HealthSignal | null {
  if (error === null || answers.has(error.code)) return { type: 'succeeded' };
  return isFault(error) ? { type: 'failed', error, causeId } : null;
}

/** The state of a connector that was not tried yet in this run of the agent. */
export function startingHealth(
  at: string,
  before: { status: ConnectorStatus; health: Health | null } | null,
): HealthState {
  return {
    status: before?.status ?? 'error',
    failedTest: null,
    stuckOutput: null,
    health: {
      state: 'starting',
      reason: null,
      message: 'Not tried yet.',
      hint: null,
      since: at,
      last_ok_at: before?.health?.last_ok_at ?? null,
      cause_id: null,
    },
  };
}

/** The next state: a pure function of the last one and what happened at `at`. Returns `state` itself when nothing changed. */
export function nextHealth(state: HealthState, signal: HealthSignal, at: string, subject: HealthSubject): HealthState {
  if (signal.type === 'output_stuck') {
    return { ...broken(state, signal.error, null, at, subject), stuckOutput: signal.error };
  }
  if (signal.type === 'output_off') {
    // What is true now, the next transaction shows.
    return state.stuckOutput === null ? state : { ...startingHealth(at, state), failedTest: state.failedTest };
  }
  // A lock that may be open is not overruled by an answer, nor by another fault.
  if (state.stuckOutput !== null) return state;
  switch (signal.type) {
    case 'opening': {
      // An error stays until something proves it wrong; only what was fine becomes uncertain.
      const certain = state.health.state === 'ok' || state.health.state === 'listening';
      return certain ? { ...state, health: startingHealth(at, state).health } : state;
    }
    case 'succeeded': {
      const { failedTest } = state;
      if (failedTest === null) return working(state, at);
      const failed = broken(state, failedTest.error, null, at, subject);
      return { ...failed, health: { ...failed.health, last_ok_at: at } };
    }
    case 'port_open':
      return listening(state, at, signal.sendsByItself);
    case 'failed':
      return broken(state, signal.error, signal.causeId, at, subject);
    case 'test_failed': {
      const { tool, error } = signal;
      return {
        ...broken(state, error, null, at, subject),
        failedTest: isFault(error) ? state.failedTest : { tool, error },
      };
    }
    case 'tools_passed':
      if (state.failedTest !== null && !signal.tools.includes(state.failedTest.tool)) return state;
      return working(state, at);
  }
}

function working(state: HealthState, at: string): HealthState {
  const since = state.health.state === 'ok' ? state.health.since : at;
  return {
    status: 'connected',
    failedTest: null,
    stuckOutput: null,
    health: { state: 'ok', reason: null, message: null, hint: null, since, last_ok_at: at, cause_id: null },
  };
}

function listening(state: HealthState, at: string, sendsByItself: boolean): HealthState {
  if (state.failedTest !== null || state.health.state === 'listening') return state;
  const { last_ok_at } = state.health;
  const message = !sendsByItself
    ? 'The port is open. This device never answers, so that its cable can not be checked.'
    : last_ok_at === null
      ? 'The port is open, and nothing was heard yet. This device only sends, so that its cable can not be checked.'
      : `The port is open, and nothing was heard since ${last_ok_at}.`;
  return {
    ...state,
    status: 'connected',
    health: { state: 'listening', reason: null, message, hint: null, since: at, last_ok_at, cause_id: null },
  };
}

function broken(
  state: HealthState,
  error: SerializedAgentError,
  causeId: string | null,
  at: string,
  subject: HealthSubject,
): HealthState {
  const words = healthWords[error.code];
  const ownHint = words?.hint(subject) ?? null;
  // An error that names its own reason (a refused connection, a held flow control line) knows more than its code.
  const saysWhy = words?.always !== true && typeof error.details?.['reason'] === 'string';
  const same = state.health.state === 'error' && state.health.reason === error.code;
  return {
    ...state,
    status: 'error',
    health: {
      state: 'error',
      reason: error.code,
      message: saysWhy ? error.message : (words?.message(subject) ?? error.message),
      hint: saysWhy || words === undefined || words.preferGivenHint ? (error.hint ?? ownHint) : ownHint,
      since: same ? state.health.since : at,
      last_ok_at: state.health.last_ok_at,
      cause_id: causeId ?? (same ? state.health.cause_id : null),
    },
  };
}

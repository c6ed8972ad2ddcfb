import type { ErrorCode } from '../../drivers/kit/index.ts';

/** What the command tells the shell. A contract with scripts: codes are added, never changed. See docs/exit-codes.md. */
export const exitCodes = {
  ok: 0,
  /** It was tried and did not work. */
  failure: 1,
  /** The command line, an argument or a configuration file is not usable; nothing was done. */
  usage: 2,
  /** Not allowed now: policy, bounds, pause, scope, state. Nothing was done. */
  refused: 3,
  /** No agent answers on this data folder. */
  agentUnreachable: 4,
  /** A side effect was sent, and nobody can say yet whether it happened. */
  unknownOutcome: 5,
  /** Not over yet: ask again with the same key. */
  pending: 6,
  /** There is no such connector, device, tool or row. */
  notFound: 7,
  /** Stopped by Ctrl-C before it was over. */
  interrupted: 130,
} as const;

/** One of {@link exitCodes}. */
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

const byErrorCode: Partial<Record<ErrorCode, ExitCode>> = {
  missing_parameter: exitCodes.usage,
  invalid_parameter: exitCodes.usage,
  invalid_arguments: exitCodes.usage,
  invalid_configuration: exitCodes.usage,
  invalid_cursor: exitCodes.usage,
  out_of_range: exitCodes.usage,
  refused: exitCodes.refused,
  insufficient_scope: exitCodes.refused,
  tenant_mismatch: exitCodes.refused,
  local_only: exitCodes.refused,
  forbidden_origin: exitCodes.refused,
  pin_required: exitCodes.refused,
  pin_incorrect: exitCodes.refused,
  rate_limited: exitCodes.refused,
  key_invalid: exitCodes.refused,
  key_revoked: exitCodes.refused,
  state_conflict: exitCodes.refused,
  connector_in_use: exitCodes.refused,
  idempotency_conflict: exitCodes.refused,
  entity_locked: exitCodes.refused,
  listing_early_access: exitCodes.refused,
  unconfirmed_device: exitCodes.refused,
  journal_epoch_unacknowledged: exitCodes.refused,
  already_running: exitCodes.refused,
  agent_unreachable: exitCodes.agentUnreachable,
  not_found: exitCodes.notFound,
  unknown_tool: exitCodes.notFound,
  cancelled: exitCodes.interrupted,
};

/** The exit code of a command that ended with this error. */
export function exitCodeOf(code: ErrorCode): ExitCode {
  return byErrorCode[code] ?? exitCodes.failure;
}

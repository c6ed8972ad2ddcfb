/**
 * Every code an {@link AgentError} may carry, with whether an unchanged retry can help by itself.
 * Codes are a contract with callers: they are added, never renamed.
 */
export const errorCodes = {
  // device and wire
  device_unplugged: { retryable: true },
  port_busy: { retryable: true },
  permission_denied: { retryable: false },
  no_reply: { retryable: true },
  bad_reply: { retryable: true },
  device_refused: { retryable: false },
  device_busy: { retryable: true },
  device_not_ready: { retryable: true },
  out_of_range: { retryable: false },
  ambiguous_device: { retryable: false },
  unconfirmed_device: { retryable: false },
  wrong_device: { retryable: false },
  frame_not_permitted: { retryable: false },
  release_unconfirmed: { retryable: false },
  port_limit: { retryable: false },
  unsupported_setting: { retryable: false },
  // software sources
  source_unreachable: { retryable: true },
  source_busy: { retryable: true },
  target_refused: { retryable: false },
  // calls
  cancelled: { retryable: false },
  deadline_exceeded: { retryable: true },
  invalid_arguments: { retryable: false },
  unknown_tool: { retryable: false },
  refused: { retryable: false },
  closed: { retryable: false },
  // requests
  missing_parameter: { retryable: false },
  invalid_parameter: { retryable: false },
  invalid_cursor: { retryable: false },
  invalid_configuration: { retryable: false },
  payload_too_large: { retryable: false },
  method_not_allowed: { retryable: false },
  key_invalid: { retryable: false },
  key_revoked: { retryable: false },
  insufficient_scope: { retryable: false },
  tenant_mismatch: { retryable: false },
  local_only: { retryable: false },
  forbidden_origin: { retryable: false },
  pin_required: { retryable: false },
  pin_incorrect: { retryable: false },
  not_found: { retryable: false },
  state_conflict: { retryable: false },
  connector_in_use: { retryable: false },
  idempotency_conflict: { retryable: false },
  entity_locked: { retryable: true },
  listing_early_access: { retryable: false },
  auth_failed: { retryable: false },
  rate_limited: { retryable: true },
  connector_upstream_error: { retryable: true },
  // pairing (RFC 8628, section 3.5) and hubs
  authorization_pending: { retryable: true },
  slow_down: { retryable: true },
  access_denied: { retryable: false },
  expired_token: { retryable: false },
  // the machine
  vault_unavailable: { retryable: true },
  store_unavailable: { retryable: true },
  journal_epoch_unacknowledged: { retryable: false },
  agent_unreachable: { retryable: true },
  already_running: { retryable: false },
  not_supported: { retryable: false },
  internal_error: { retryable: false },
} as const satisfies Record<string, { readonly retryable: boolean }>;

/** A stable, lower_snake_case error code. */
export type ErrorCode = keyof typeof errorCodes;

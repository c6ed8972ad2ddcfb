import type { ErrorCode } from '../../drivers/kit/index.ts';

/** The envelope's `type`, one per status group; 413 and 405 belong to the first. */
export const errorTypes = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  405: 'invalid_request_error',
  409: 'conflict_error',
  413: 'invalid_request_error',
  422: 'validation_error',
  429: 'rate_limit_error',
  500: 'api_error',
  502: 'api_error',
  503: 'api_error',
  504: 'api_error',
} as const;

/** A status this API answers errors with. */
export type ErrorStatus = keyof typeof errorTypes;

/**
 * How each code answers. `upstream`: the device or source did not do its part, which the wire calls
 * `connector_upstream_error`, with this code as `details.upstream.reason`.
 */
export const errorStatuses = {
  device_unplugged: 'upstream',
  port_busy: 'upstream',
  permission_denied: 'upstream',
  no_reply: 'upstream',
  bad_reply: 'upstream',
  device_refused: 'upstream',
  device_busy: 'upstream',
  device_not_ready: 'upstream',
  out_of_range: 'upstream',
  wrong_device: 'upstream',
  port_limit: 'upstream',
  source_unreachable: 'upstream',
  source_busy: 'upstream',
  target_refused: 'upstream',
  ambiguous_device: 409,
  unconfirmed_device: 409,
  frame_not_permitted: 500,
  unsupported_setting: 422,
  cancelled: 409,
  deadline_exceeded: 504,
  invalid_arguments: 400,
  unknown_tool: 404,
  refused: 409,
  closed: 409,
  missing_parameter: 400,
  invalid_parameter: 400,
  invalid_cursor: 400,
  invalid_configuration: 400,
  payload_too_large: 413,
  method_not_allowed: 405,
  key_invalid: 401,
  key_revoked: 401,
  insufficient_scope: 403,
  local_only: 403,
  forbidden_origin: 403,
  not_found: 404,
  state_conflict: 409,
  connector_in_use: 409,
  idempotency_conflict: 409,
  entity_locked: 409,
  listing_early_access: 422,
  auth_failed: 422,
  rate_limited: 429,
  connector_upstream_error: 502,
  vault_unavailable: 503,
  store_unavailable: 503,
  journal_epoch_unacknowledged: 409,
  agent_unreachable: 502,
  already_running: 409,
  not_supported: 422,
  internal_error: 500,
} as const satisfies Record<ErrorCode, ErrorStatus | 'upstream'>;

import type { ErrorCode } from '../../../drivers/kit/index.ts';

/** When a code is answered, for people. */
export type ErrorCases = Readonly<Partial<Record<ErrorCode, string>>>;

/** Every route may answer with these. */
export const commonErrors = {
  forbidden_origin: 'Host or Origin is not this agent: the request comes from a web page elsewhere.',
  key_invalid: 'There is no token, or it is unknown or expired.',
  key_revoked: 'The token was revoked.',
  insufficient_scope: 'The token lacks the scope of this route.',
  tenant_mismatch: 'The body names another tenant, reseller or workspace than the key has.',
  rate_limited: 'The budget of this minute is spent; Retry-After says when to come again.',
  store_unavailable: 'The data on disk can not be read or written now.',
  internal_error: 'A fault of Fibric Edge; its log has more under the request id.',
} as const satisfies ErrorCases;

/** With a query, path, body or key that can be wrong. */
export const inputErrors = {
  invalid_parameter: 'A parameter is unknown, empty, repeated, malformed or out of its range.',
  missing_parameter: 'Something required is absent.',
  invalid_cursor: 'The cursor is malformed or was made for another query.',
  payload_too_large: 'The body is larger than 1 MiB.',
  not_found: 'There is nothing with this id, or not for this token.',
  local_only: 'Tokens can not do this, whatever their scopes: use the window or the command line on the machine.',
  idempotency_conflict: 'The Idempotency-Key was used with another body.',
  entity_locked:
    'The first request with this Idempotency-Key still runs after 30 s; Retry-After says when to ask again.',
} as const satisfies ErrorCases;

/** What one operation may answer beside that; replaces the general words for the same code. */
export const operationErrors: Readonly<Record<string, ErrorCases>> = {
  installConnector: {
    missing_parameter: 'listing or auth is absent.',
    invalid_parameter: "auth.type is not the listing's, or a setting is missing, unknown or out of range.",
    not_found: 'There is no listing with this id.',
    state_conflict: 'The name is taken, or the device is bound to another connector.',
    ambiguous_device: 'Several devices fit config.device.',
    listing_early_access: 'The listing is early access and not yet self-serve.',
    auth_failed: 'The source rejected the credentials. Nothing was installed.',
    vault_unavailable: 'The credentials can not be kept now: the vault is locked or missing. Nothing was installed.',
  },
  updateConnector: {
    state_conflict: 'The name is taken, or the device is bound to another connector.',
    auth_failed: 'The source rejected the new credentials. Nothing was changed.',
    vault_unavailable: 'The credentials can not be kept now: the vault is locked or missing. Nothing was changed.',
  },
  addDevice: { state_conflict: 'There is a device at this address already; details.device names it.' },
  removeDevice: { state_conflict: 'A connector uses it, or it was not added by its address.' },
  testConnector: {
    invalid_parameter: 'A name in tools is not a tool this connector has, or tools is empty.',
    state_conflict: 'The connector is pending_auth; complete authorization first.',
    connector_upstream_error:
      'The device is absent or silent. The connector moves to error; details.upstream says more.',
  },
  removeConnector: {
    connector_in_use: 'An active operator depends on a capability that only this connector fulfils; details name both.',
    state_conflict:
      "The machine's hub, where operators may depend on it, can't be asked (`details.reason`: `hub_unreachable`), or an output is not sure to be off.",
    local_only: '`force` is for a person at the machine.',
  },
  approve: {
    pin_required: 'A PIN is set, and none was given.',
    pin_incorrect: 'That is not the PIN.',
    rate_limited: 'After wrong PINs the next try is delayed; Retry-After says until when.',
    refused: 'It is void, or policy, limits, pause or identity do not let it through any more. Nothing was sent.',
    state_conflict: 'It was decided already, or its time ran out.',
  },
  deny: { state_conflict: 'It was decided already, or its time ran out.' },
  setApprovalPin: {
    pin_required: 'A PIN is set, and current was not given.',
    pin_incorrect: 'current is not the PIN that is set.',
    rate_limited: 'After wrong PINs the next try is delayed; Retry-After says until when.',
  },
  getKioskPin: { vault_unavailable: 'The vault is locked or missing.' },
  setKioskPin: {
    pin_required: 'A PIN is set, and current was not given.',
    pin_incorrect: 'current is not the PIN that is set.',
    rate_limited: 'After wrong PINs the next try is delayed; Retry-After says until when.',
    vault_unavailable: 'The vault is locked or missing. Nothing was changed.',
  },
  unlockKiosk: {
    pin_required: 'No PIN is set: kiosk mode can not be left from the screen.',
    pin_incorrect: 'That is not the PIN.',
    rate_limited: 'After wrong PINs the next try is delayed; Retry-After says until when.',
    vault_unavailable: 'The vault is locked or missing; the screen stays locked.',
  },
  setConnectorPolicy: {
    invalid_configuration: 'A bound names an argument that has none, or a tool that is not there.',
  },
  previewTool: {
    unknown_tool: 'The connector has no such tool, or this token may not use it.',
    invalid_arguments: 'The arguments do not fit the tool.',
    not_supported: 'It makes nothing that could be shown.',
    connector_upstream_error: 'The device was never seen, so that its tools are not known.',
  },
  callTool: {
    unknown_tool: 'The connector has no such tool, or this token may not use it.',
    invalid_arguments: 'The arguments do not fit the tool; nothing ran.',
    connector_upstream_error: 'The device did not do its part; details.upstream says more.',
    deadline_exceeded: 'It took longer than 30 s, waiting included.',
    journal_epoch_unacknowledged: 'The journal was lost; side effects are locked until a person takes note.',
  },
  identifyDevice: {
    state_conflict: 'A connector uses the port, or somebody is asking there.',
    connector_upstream_error: 'The device is absent, or its port is taken.',
  },
  settleJournalEntry: { state_conflict: 'Its outcome is known, or it was settled already.' },
  createOperator: { state_conflict: 'The name is taken.' },
  updateOperator: { state_conflict: 'The name is taken.' },
  createToken: { invalid_parameter: 'A scope does not exist, a limit is empty, or the life is out of range.' },
  beginCloudPairing: {
    state_conflict: 'This machine is paired already, or a pairing has begun.',
    agent_unreachable: 'No hub answers at this address.',
    access_denied: 'The enrolment token is spent, expired, revoked, or for other names.',
    vault_unavailable: "This machine's key can not be kept now: the vault is locked or missing.",
  },
  setCloudGrants: { state_conflict: 'This machine is paired with no hub.' },
  createTenant: { state_conflict: 'The name is taken.' },
  createKey: { state_conflict: 'An active key has the name.' },
  beginPairing: { rate_limited: 'Too many pairings are open; Retry-After says when to come again.' },
  pollPairing: {
    authorization_pending: 'Nobody has approved the code yet.',
    slow_down: 'Polled too soon: wait 5 seconds longer between polls.',
    access_denied: 'It was refused, or the signature is not by the key that began it.',
    expired_token: 'The code was not approved within 10 minutes.',
  },
  getPairing: { rate_limited: 'Five wrong codes were typed; Retry-After says when to try again.' },
  approvePairing: {
    access_denied: "The key words are not those of the machine's key.",
    rate_limited: 'Five wrong codes were typed; Retry-After says when to try again.',
    state_conflict: 'It was decided already, or an agent has the name.',
  },
  denyPairing: {
    rate_limited: 'Five wrong codes were typed; Retry-After says when to try again.',
    state_conflict: 'It was decided already.',
  },
  enrol: {
    access_denied: 'The token is spent, expired, revoked, or for other names.',
    state_conflict: 'An agent has the name.',
  },
  getWireLog: { invalid_cursor: 'after is malformed, or the cursor of another connector.' },
  recordWire: { state_conflict: 'The configuration says that wires are never recorded.' },
  followWireLog: {
    invalid_cursor: 'after is malformed, or the cursor of another connector.',
    rate_limited: 'Too many streams are open with this token; close one.',
  },
  streamEvents: { rate_limited: 'Too many streams are open with this token; close one.' },
};

import type { KeyRecord } from './backend.ts';
import type { Principal } from './principal.ts';
import type {
  AgentObject,
  ConnectorObject,
  CreatedEnrolment,
  CreatedKey,
  DeviceObject,
  EnrolBody,
  EnrolmentBody,
  EnrolmentObject,
  KeyBody,
  KeyObject,
  PageTicketObject,
  PairedObject,
  PairingApproval,
  PairingBegin,
  PairingCancelled,
  PairingObject,
  PairingPoll,
  PairingStarted,
  TenantObject,
} from './schemas/index.ts';

/** Who types a code at a hub. */
export interface Typist {
  readonly principal: Principal;
  /** Where from; null on the hub's own socket. */
  readonly address: string | null;
}

/**
 * What a hub has beside connectors. Methods work within `principal.partition` and reject with `not_found` for what lies
 * outside of it; those that need one reject with `invalid_parameter` for an administrator who named no tenant.
 */
export interface HubBackend {
  createTenant(name: string): Promise<TenantObject>;
  listTenants(): Promise<readonly TenantObject[]>;

  /** Rejects with `state_conflict` when an active key has the name. */
  createKey(principal: Principal, body: KeyBody, record: KeyRecord<CreatedKey>): Promise<CreatedKey>;
  listKeys(principal: Principal): Promise<readonly KeyObject[]>;
  /** For good; its streams end at once. */
  revokeKey(principal: Principal, keyId: string): Promise<KeyObject>;

  /** Newest first. */
  listAgents(principal: Principal): Promise<readonly AgentObject[]>;
  getAgent(principal: Principal, agentId: string): Promise<AgentObject>;
  /** As the list of all connectors shows them; none of a revoked agent, or of one that does not let this hub read. */
  listConnectorsOf(principal: Principal, agentId: string): Promise<readonly ConnectorObject[]>;
  listDevicesOf(principal: Principal, agentId: string): Promise<readonly DeviceObject[]>;
  /** Ends its link at once, and its pairing for good. */
  revokeAgent(principal: Principal, agentId: string): Promise<AgentObject>;

  /** Rejects with `rate_limited` while too many are open. */
  beginPairing(body: PairingBegin, address: string): Promise<PairingStarted>;
  /** Rejects with `authorization_pending`, `slow_down`, `access_denied`, `expired_token` (RFC 8628, section 3.5). */
  pollPairing(body: PairingPoll): Promise<PairedObject>;
  /** The code is good no longer; one that was decided stays so. Rejects with `access_denied`. */
  cancelPairing(body: PairingPoll): Promise<PairingCancelled>;
  /** Rejects with `not_found`, and with `rate_limited` after five wrong codes of the tenant or twenty of the address. */
  getPairing(typist: Typist, userCode: string): Promise<PairingObject>;
  approvePairing(typist: Typist, userCode: string, body: PairingApproval): Promise<PairingObject>;
  denyPairing(typist: Typist, userCode: string): Promise<PairingObject>;

  createEnrolment(
    principal: Principal,
    body: EnrolmentBody,
    record: KeyRecord<CreatedEnrolment>,
  ): Promise<CreatedEnrolment>;
  listEnrolments(principal: Principal): Promise<readonly EnrolmentObject[]>;
  revokeEnrolment(principal: Principal, enrolmentId: string): Promise<EnrolmentObject>;
  /** Pairs with an enrolment token. Rejects with `access_denied`. */
  enrol(body: EnrolBody): Promise<PairedObject>;

  /** For whoever looks after the hub: opens its page within their partition, once. */
  createPageTicket(principal: Principal): Promise<PageTicketObject>;
}

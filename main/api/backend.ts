import type { IdempotencyRecord } from './idempotency.ts';
import type { Principal } from './principal.ts';
import type {
  AddressCheckObject,
  AgentHealth,
  ApprovalDecisionBody,
  ApprovalDetail,
  ApprovalListFilter,
  ApprovalObject,
  ApprovalPin,
  ApprovalPinBody,
  CallAnswer,
  CallBody,
  CapabilityUse,
  CloudCheckBody,
  CloudCheckObject,
  CloudNetworkObject,
  CloudObject,
  CloudProxyBody,
  ConnectorListFilter,
  ConnectorObject,
  ConnectorSummary,
  CreatedToken,
  DeviceObject,
  DoctorReport,
  FibricCloudObject,
  Grants,
  HealthTimelineObject,
  HealthTimelineQuery,
  IdentifyBody,
  IdentifyProgressObject,
  IdentifyReportObject,
  InstallBody,
  JournalEntryObject,
  JournalEpochObject,
  JournalExportFilter,
  JournalListFilter,
  KioskPin,
  KioskPinBody,
  KioskUnlock,
  ListingObject,
  LogLine,
  LogsQuery,
  OperatorBody,
  OperatorChange,
  OperatorFilter,
  OperatorObject,
  OutboxObject,
  PairBody,
  PastReadingObject,
  PastReadingsQuery,
  PictureObject,
  PolicyObject,
  ReadingObject,
  SettingsObject,
  SettleBody,
  StreamEvent,
  TestRecordObject,
  TokenBody,
  TokenObject,
  ToolObject,
  ToolTestResultObject,
  UpdateBody,
  WindowForm,
  WindowTicket,
  WireLogObject,
  WireLogQuery,
  WireRecordingBody,
} from './schemas/index.ts';

/** Which part of a list is wanted. */
export interface PageRequest {
  /** 1 to 100. */
  readonly limit: number;
  /** What {@link Page.next} of the page before said; null for the first. Comes from outside: `invalid_cursor` when it makes no sense. */
  readonly position: string | null;
}

/** A part of a list, newest first. */
export interface Page<Item> {
  readonly items: readonly Item[];
  /** Where the next page begins, in the backend's own words; null when this is the last. */
  readonly next: string | null;
}

/** The answer to a call and what to do once it has left. */
export interface CalledTool {
  readonly answer: CallAnswer;
  /** Called once the answer has left for the caller; without it a keyless repeat of an effect is suspect. */
  readonly delivered: () => void;
}

/** A part of the journal and where it is from. */
export interface JournalExport {
  readonly installationId: string;
  /** Of the agent. */
  readonly version: string;
  readonly epoch: string;
  readonly pages: Iterable<readonly JournalEntryObject[]>;
}

/** A connector that is being asked for again is the same one, so `authorize_url` is only known to the install itself. */
export interface Installed {
  readonly connector: ConnectorObject;
  /** Where an oauth2 sign-in goes on. */
  readonly authorizeUrl?: string;
  /** What the listing costs, where it has a price. */
  readonly price?: NonNullable<ListingObject['price']>;
  /** It was installed before, under the same key. */
  readonly replayed?: boolean;
}

/**
 * Gives, for what was just made, the record that binds the answer to the request's Idempotency-Key. Whoever makes something
 * stores it in the same commit, so that a repeat after a kill finds either both or neither. Null: the request has no key.
 */
export type KeyRecord<Made> = ((made: Made) => IdempotencyRecord) | null;

/**
 * What the router needs of an agent or a hub. Methods take who asks, return wire objects, and reject with `AgentError`:
 * `not_found` for ids that do not exist or belong to another tenant. The router has already checked token, scopes,
 * token limits, rate and body. Lists must leave out connectors outside `principal.connectors`.
 */
export interface ConnectorsBackend {
  listListings(principal: Principal): Promise<readonly ListingObject[]>;

  listDevices(principal: Principal): Promise<readonly DeviceObject[]>;
  getDevice(principal: Principal, deviceId: string): Promise<DeviceObject>;
  /** Asks the device who it is; only harmless questions. */
  identifyDevice(
    principal: Principal,
    deviceId: string,
    body: IdentifyBody,
    signal: AbortSignal,
    onProgress?: (progress: IdentifyProgressObject) => void,
  ): Promise<IdentifyReportObject>;
  /** Whether something takes a connection at this network address; sends nothing. */
  checkAddress(principal: Principal, address: string, signal: AbortSignal): Promise<AddressCheckObject>;
  /** A person says that there is a device at this network address. Rejects with `state_conflict` when it is known already. */
  addDevice(principal: Principal, address: string): Promise<DeviceObject>;
  /** Takes such a device back. Rejects with `state_conflict` while a connector uses it, and for what was not added so. */
  removeDevice(principal: Principal, deviceId: string): Promise<void>;
  /** A person says that this is the right unit. */
  confirmDevice(principal: Principal, deviceId: string): Promise<DeviceObject>;

  /** Newest first; whole ones serve as well. */
  listConnectors(principal: Principal, filter: ConnectorListFilter, page: PageRequest): Promise<Page<ConnectorSummary>>;
  getConnector(principal: Principal, connectorId: string): Promise<ConnectorObject>;
  /** The same answer as {@link ConnectorsBackend.getConnector}; the router takes `tools` off. */
  /** `idempotencyKey`: for a hub, which takes it on to the machine. */
  installConnector(
    principal: Principal,
    body: InstallBody,
    record: KeyRecord<ConnectorObject>,
    idempotencyKey: string | null,
  ): Promise<Installed>;
  updateConnector(principal: Principal, connectorId: string, body: UpdateBody): Promise<ConnectorObject>;
  /**
   * Rejects with `connector_in_use`, `details` {capabilities, operators}, while an active operator depends on it alone, and with
   * `state_conflict` when the hub that may know of one can't be asked. `force`, for a person at the machine, lifts the latter.
   */
  removeConnector(principal: Principal, connectorId: string, options: { readonly force: boolean }): Promise<void>;
  /** Rejects with `connector_upstream_error` when the source is absent or silent to all. `tools`: null for every tool. */
  testConnector(
    principal: Principal,
    connectorId: string,
    tools: readonly string[] | null,
    signal: AbortSignal,
    onResult?: (result: ToolTestResultObject) => void,
  ): Promise<TestRecordObject>;
  /** Newest first. */
  listTests(principal: Principal, connectorId: string): Promise<readonly TestRecordObject[]>;
  listTools(principal: Principal, connectorId: string): Promise<readonly ToolObject[]>;
  listReadings(principal: Principal, connectorId: string): Promise<readonly ReadingObject[]>;
  /** What a tool read before, newest first, as far as it is kept. */
  listPastReadings(
    principal: Principal,
    connectorId: string,
    query: PastReadingsQuery,
  ): Promise<readonly PastReadingObject[]>;
  /** In spans without holes; never further back than is kept. */
  getHealthTimeline(
    principal: Principal,
    connectorId: string,
    query: HealthTimelineQuery,
  ): Promise<HealthTimelineObject>;
  /** Rejects with `invalid_cursor`. */
  getWireLog(principal: Principal, connectorId: string, query: WireLogQuery): Promise<WireLogObject>;
  /** Rejects with `state_conflict` where the configuration forbids it. What it answers begins with the oldest entry. */
  recordWire(principal: Principal, connectorId: string, body: WireRecordingBody): Promise<WireLogObject>;
  clearWireLog(principal: Principal, connectorId: string): Promise<WireLogObject>;
  /** Gives parts as they fill, each after `take` is done with the one before; resolves when `signal` aborts, or nothing more will come. */
  followWireLog(
    principal: Principal,
    connectorId: string,
    query: Pick<WireLogQuery, 'after'>,
    signal: AbortSignal,
    take: (part: WireLogObject) => Promise<void>,
  ): Promise<void>;
  getPolicy(principal: Principal, connectorId: string): Promise<PolicyObject>;
  setPolicy(principal: Principal, connectorId: string, policy: PolicyObject): Promise<PolicyObject>;
  /** `body.tool` is one of {@link ConnectorsBackend.listTools}, spelled as there. */
  callTool(
    principal: Principal,
    connectorId: string,
    body: CallBody,
    signal: AbortSignal,
    /** `fraction` from 0 to 1. */
    onProgress?: (progress: { readonly message: string; readonly fraction: number }) => void,
  ): Promise<CalledTool>;
  /** A picture of what a side effect would make; sends nothing. Rejects with `not_supported` where there is nothing to see. */
  previewTool(principal: Principal, connectorId: string, body: CallBody): Promise<PictureObject>;
  /** Runs the install rules for devices they have not fired for; `again` names a rule that forgets its firings first. */
  applyInstallRules(principal: Principal, again: string | null): Promise<readonly ConnectorObject[]>;

  /** Newest first. */
  listOperators(principal: Principal, filter: OperatorFilter): Promise<readonly OperatorObject[]>;
  getOperator(principal: Principal, operatorId: string): Promise<OperatorObject>;
  createOperator(principal: Principal, body: OperatorBody, record: KeyRecord<OperatorObject>): Promise<OperatorObject>;
  updateOperator(principal: Principal, operatorId: string, change: OperatorChange): Promise<OperatorObject>;
  removeOperator(principal: Principal, operatorId: string): Promise<void>;
  /** By name; with every connector and operator, which the router takes off where they are out of sight. */
  listCapabilities(principal: Principal): Promise<readonly CapabilityUse[]>;

  /** Newest first. */
  listJournal(principal: Principal, filter: JournalListFilter, page: PageRequest): Promise<Page<JournalEntryObject>>;
  getJournalEntry(principal: Principal, journalId: string): Promise<JournalEntryObject>;
  settleJournalEntry(principal: Principal, journalId: string, body: SettleBody): Promise<JournalEntryObject>;
  /** A person knows that the former journal was lost; side effects are unlocked. */
  acknowledgeJournal(principal: Principal): Promise<JournalEpochObject>;
  /** Oldest first, each page read when it is asked for; the router leaves out what the principal may not see. */
  exportJournal(principal: Principal, filter: JournalExportFilter): Promise<JournalExport>;

  /** Newest first. */
  listApprovals(principal: Principal, filter: ApprovalListFilter, page: PageRequest): Promise<Page<ApprovalObject>>;
  getApproval(principal: Principal, approvalId: string): Promise<ApprovalDetail>;
  /** Does it, once. Rejects with `pin_required`, `pin_incorrect`, `rate_limited`, `state_conflict`, `refused`. */
  approve(principal: Principal, approvalId: string, body: ApprovalDecisionBody): Promise<ApprovalObject>;
  /** Rejects with `state_conflict`. No PIN is needed to stop something. */
  deny(principal: Principal, approvalId: string, body: ApprovalDecisionBody): Promise<ApprovalObject>;
  getApprovalPin(principal: Principal): Promise<ApprovalPin>;
  /** Sets, changes or, without `pin`, removes it. Where one is set, `current` has to be it: rejects as `approve`. */
  setApprovalPin(principal: Principal, body: ApprovalPinBody): Promise<ApprovalPin>;

  createToken(principal: Principal, body: TokenBody, record: KeyRecord<CreatedToken>): Promise<CreatedToken>;
  listTokens(principal: Principal): Promise<readonly TokenObject[]>;
  /** Ends the token and closes its streams at once. */
  revokeToken(principal: Principal, tokenId: string): Promise<TokenObject>;

  isPaused(principal: Principal): Promise<boolean>;
  setPaused(principal: Principal, paused: boolean): Promise<boolean>;
  getHealth(principal: Principal): Promise<AgentHealth>;
  getSettings(principal: Principal): Promise<SettingsObject>;
  /** What is on its way to the cloud. */
  getOutbox(principal: Principal): Promise<OutboxObject>;
  getFibricCloud(principal: Principal): Promise<FibricCloudObject>;
  /** Keeps the key in the vault. Rejects with `invalid_parameter`, `vault_unavailable`. */
  setFibricKey(principal: Principal, key: string): Promise<FibricCloudObject>;
  removeFibricKey(principal: Principal): Promise<FibricCloudObject>;
  runDoctor(principal: Principal, signal: AbortSignal): Promise<DoctorReport>;
  /** Oldest first. */
  tailLogs(principal: Principal, query: LogsQuery): Promise<readonly LogLine[]>;
  /** Writes the page that signs a browser in. */
  createWindowTicket(principal: Principal): Promise<WindowTicket>;
  /** Makes the form that signs the shell's window in, which posts it by itself: no secret rests in a file. */
  createWindowForm(principal: Principal): Promise<WindowForm>;

  getKioskPin(principal: Principal): Promise<KioskPin>;
  /** Sets, changes or, without `pin`, removes it. Rejects with `pin_required`, `pin_incorrect`, `rate_limited`, `vault_unavailable`. */
  setKioskPin(principal: Principal, body: KioskPinBody): Promise<KioskPin>;
  /** Rejects as `setKioskPin`. */
  unlockKiosk(principal: Principal, pin: string): Promise<KioskUnlock>;

  getCloud(principal: Principal): Promise<CloudObject>;
  /** Begins to pair; resolves when the code is there, or with an enrolment token when it is done. Rejects with `state_conflict`. */
  pairCloud(principal: Principal, body: PairBody, signal: AbortSignal): Promise<CloudObject>;
  /** Ends a pairing, or one that has begun; the hub is told while the link stands, else it goes on to show the machine as offline. */
  unpairCloud(principal: Principal): Promise<CloudObject>;
  setCloudGrants(principal: Principal, grants: Grants): Promise<CloudObject>;
  /** How the cloud is reached; never a password. */
  getCloudNetwork(principal: Principal): Promise<CloudNetworkObject>;
  /** In use at once: the link is opened anew. Rejects with `invalid_parameter`, `missing_parameter`, `state_conflict`, `vault_unavailable`. */
  setCloudProxy(principal: Principal, body: CloudProxyBody): Promise<CloudNetworkObject>;
  removeCloudProxy(principal: Principal): Promise<CloudNetworkObject>;
  /** Rejects with `invalid_parameter`. */
  setCloudAuthorities(principal: Principal, pem: string): Promise<CloudNetworkObject>;
  removeCloudAuthorities(principal: Principal): Promise<CloudNetworkObject>;
  /** Rejects with `missing_parameter` when this machine has no cloud and none was named. */
  checkCloud(principal: Principal, body: CloudCheckBody, signal: AbortSignal): Promise<CloudCheckObject>;

  /** Returns what ends the subscription. Events come in order; the router filters by scope and token limit. */
  subscribe(principal: Principal, listener: (event: StreamEvent) => void): () => void;
}

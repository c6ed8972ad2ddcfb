import type { Evidence, JsonObject, SerializedAgentError } from '../../drivers/kit/index.ts';
import type { Device, IdentifyReport, ListingDescription, Picture, ToolDescription } from '../hardware/index.ts';
import type { Statement } from '../store/index.ts';
import type { PreviewRequest } from './calls/preview.ts';
import type { Operators } from './operators/operators.ts';

/** Who asks. Keys, approvals and the journal are kept apart by `id`. */
export interface Caller {
  /** `local-admin`, `window`, `tok_...`, `hub:...`. */
  readonly id: string;
  readonly kind: 'local-admin' | 'window' | 'token' | 'hub' | 'rule';
  /** For people: the token's name. */
  readonly name: string;
}

export type ConnectorStatus = 'connected' | 'pending_auth' | 'error';

/** Beside the API's three words: what is known from transactions (contract section 2). */
export interface Health {
  /** `ok`: a transaction succeeded lately. `listening`: push-only and nothing heard. `starting`: not tried yet. */
  readonly state: 'ok' | 'listening' | 'starting' | 'error';
  /** An error code, for `error`. */
  readonly reason: string | null;
  readonly message: string | null;
  readonly hint: string | null;
  /** When this state began. */
  readonly since: string;
  /** The last transaction that succeeded. */
  readonly last_ok_at: string | null;
  /** Shared by errors with one cause. */
  readonly cause_id: string | null;
}

/** An installed connector with everything that may be shown. */
export interface Connector {
  readonly id: string;
  readonly listing: string;
  readonly name: string;
  readonly kind: 'hardware' | 'saas';
  readonly capabilities: readonly string[];
  readonly tools: readonly ToolDescription[];
  readonly auth: { readonly type: 'none' | 'api_key' | 'basic' | 'oauth2'; readonly hint: string | null };
  readonly status: ConnectorStatus;
  readonly health: Health;
  readonly created_at: string;
  readonly last_synced_at: string | null;
  /** The listing's own settings, device included; never a secret. */
  readonly config: JsonObject;
  readonly device: Device | null;
  /** For aggregated MCP names; unique and stored. */
  readonly slug: string;
  readonly simulated: boolean;
}

export interface InstallRequest {
  readonly listing: string;
  readonly name?: string;
  readonly auth: JsonObject & { readonly type: string };
  readonly config: JsonObject;
}

export interface UpdateRequest {
  readonly name?: string;
  readonly auth?: JsonObject & { readonly type: string };
  readonly config?: JsonObject;
}

export interface Bounds {
  readonly min_value?: number;
  readonly max_value?: number;
}

export type Decision = 'deny' | 'confirm' | 'allow';

/** What a connector's side effects may do (contract section 1). */
export interface Policy {
  readonly default: Decision;
  readonly tools: Readonly<
    Record<
      string,
      {
        readonly decision?: Decision;
        readonly bounds?: Readonly<Record<string, Bounds>>;
        readonly min_interval_ms?: number;
        readonly rate?: { readonly count: number; readonly per_ms: number };
      }
    >
  >;
}

export type RefusalReason =
  | 'policy_deny'
  | 'bounds'
  | 'interval'
  | 'rate'
  | 'paused'
  | 'idempotency_conflict'
  | 'duplicate_suspected'
  | 'unresolved_effect'
  | 'unconfirmed_device'
  | 'check_failed'
  | 'approval_denied'
  | 'approval_expired'
  | 'cancelled'
  | 'caller_gone'
  | 'device_busy';

export type JournalState = 'accepted' | 'awaiting_approval' | 'sent' | 'applied' | 'failed' | 'unknown' | 'refused';

/** What every side-effect call answers with. */
export interface EffectResult {
  readonly outcome: 'applied' | 'failed' | 'unknown' | 'refused' | 'pending' | 'dry_run';
  readonly journal_id: string | null;
  readonly idempotency_key: string;
  readonly sent: boolean;
  readonly deduplicated: boolean;
  readonly evidence: Evidence | 'answered' | 'port_open' | 'encoded' | null;
  /** The time of the first call, when `deduplicated`. */
  readonly first_at: string | null;
  /** Why, when `refused`. */
  readonly reason: RefusalReason | null;
  readonly error: SerializedAgentError | null;
  /** What the tool's output schema describes, when `applied`. */
  readonly result: JsonObject | null;
  readonly approval_id: string | null;
  /** What a person should know before it is done, of a dry run. */
  readonly notes?: readonly string[];
}

export interface CallRequest {
  readonly connectorId: string;
  /** Capability (`weight.read`) or MCP spelling (`weight_read`). */
  readonly tool: string;
  /** The tool's own arguments and, for a side effect, the reserved ones. */
  readonly arguments: JsonObject;
  readonly caller: Caller;
  readonly signal: AbortSignal;
  /** The whole call, waiting included. Default 30 s. */
  readonly deadlineMs?: number;
  readonly onProgress?: (progress: { readonly message: string; readonly fraction: number }) => void;
}

export type CallResult =
  | { readonly kind: 'read'; readonly output: JsonObject }
  | {
      readonly kind: 'effect';
      readonly result: EffectResult;
      /** To be called once the answer has left for the caller; without it a keyless repeat within 60 s is suspect. */
      readonly delivered: () => void;
    };

/** A row of the journal, for people. */
export interface JournalEntry {
  readonly journal_id: string;
  readonly epoch: string;
  readonly connector_id: string;
  readonly connector_name: string;
  readonly device_id: string;
  readonly caller: string;
  readonly caller_name: string;
  readonly tool: string;
  readonly summary: string;
  /** What a person is asked when nobody knows whether it happened. */
  readonly question: string;
  readonly arguments: JsonObject;
  readonly idempotency_key: string;
  readonly key_given: boolean;
  readonly entity_key: string | null;
  readonly state: JournalState;
  readonly sent: boolean;
  readonly reason: RefusalReason | null;
  readonly evidence: Evidence | null;
  readonly result: JsonObject | null;
  readonly error: SerializedAgentError | null;
  readonly attempts: number;
  readonly created_at: string;
  readonly sent_at: string | null;
  readonly ended_at: string | null;
  readonly settlement: {
    readonly answer: 'happened' | 'did_not_happen';
    readonly by: string;
    readonly note: string | null;
    readonly at: string;
  } | null;
  /** Of a timed output (a lock); else null. */
  readonly release: OutputRelease | null;
  /** Who was asked to allow the latest attempt, and what they said; null where nobody had to be asked. */
  readonly approval: { readonly approval_id: string; readonly decision: ApprovalDecision | null } | null;
}

/** How a timed output ended, or has to end. */
export interface OutputRelease {
  readonly due_at: string;
  /** Null: it may be on. */
  readonly released_at: string | null;
  /** `due`: in time. `called_off`: stop, pause, uninstall. `in_doubt`: after a crash, a lost port, a doubtful answer. `settled`: a person looked. */
  readonly reason: 'due' | 'called_off' | 'in_doubt' | 'settled' | null;
  readonly evidence: Evidence | null;
}

/** What became of an approval. `void`: what was asked for is no longer what would happen, or was not allowed any more. */
export interface ApprovalDecision {
  readonly state: 'approved' | 'denied' | 'expired' | 'void';
  /** Who, for people; null for `expired` and for a `void` that nobody caused. */
  readonly by: string | null;
  readonly note: string | null;
  readonly at: string;
}

/** A side effect that a person is, or was, asked to allow (contract section 1, "Confirm"). */
export interface Approval {
  readonly id: string;
  readonly journal_id: string;
  readonly connector_id: string;
  readonly connector_name: string;
  /** The unit as it was known when the approval was asked for; null for a software source. */
  readonly device: {
    readonly id: string;
    readonly path: string;
    /** Its address on a bus. */
    readonly unit: number | null;
    readonly product: string | null;
    readonly serial_number: string | null;
    /** How it is known again, for people. */
    readonly known_by: string;
    readonly simulated: boolean;
  } | null;
  readonly tool: string;
  readonly summary: string;
  /** What will not be as it was asked for: characters that a printer does not have. */
  readonly notes: readonly string[];
  /** Exactly what would be done, defaults included. */
  readonly arguments: JsonObject;
  readonly entity_key: string | null;
  readonly caller: string;
  readonly caller_name: string;
  readonly requested_at: string;
  /** From then on it can't be allowed any more. */
  readonly expires_at: string;
  readonly state: 'waiting' | ApprovalDecision['state'];
  readonly decision: ApprovalDecision | null;
  /** What has become of the side effect itself. */
  readonly journal_state: JournalState;
  readonly reason: RefusalReason | null;
  readonly evidence: Evidence | null;
  readonly error: SerializedAgentError | null;
}

export interface ApprovalFilter {
  /** `waiting`, or those that were decided. */
  readonly state?: 'waiting' | 'ended';
  /** Older than this one; for paging, newest first. */
  readonly before?: string;
  readonly limit: number;
}

export interface ToolTestResult {
  readonly tool: string;
  readonly mode: 'live' | 'dry_run';
  readonly ok: boolean;
  readonly latency_ms: number;
  readonly note?: string;
  readonly evidence?: string;
  readonly error?: { readonly code: string; readonly message: string; readonly hint: string | null };
}

/** A connector test, kept as a commissioning record. */
export interface TestRecord {
  readonly id: string;
  readonly connector_id: string;
  readonly status: 'passed' | 'failed';
  readonly results: readonly ToolTestResult[];
  readonly tested_at: string;
  readonly tested_by: string;
  /** Device, identity, driver version and settings at that moment. */
  readonly circumstances: JsonObject;
}

/** The last value a read gave. */
export interface Reading {
  readonly connector_id: string;
  readonly tool: string;
  readonly value: JsonObject;
  readonly at: string;
  /** After this long without a new one the value is stale; null where there is no such thing. */
  readonly expected_interval_ms: number | null;
}

/** A value that a read gave earlier. */
export interface PastReading {
  readonly at: string;
  readonly value: JsonObject;
}

/** What happens, for the stream. `gap` says how many events before this one were lost because too many came at once. */
export type ServiceEvent =
  | { readonly type: 'device'; readonly device: Device }
  | { readonly type: 'device_removed'; readonly device_id: string }
  | { readonly type: 'connector'; readonly connector: Connector }
  | { readonly type: 'connector_removed'; readonly connector_id: string }
  | { readonly type: 'reading'; readonly reading: Reading }
  | { readonly type: 'journal'; readonly entry: JournalEntry }
  | { readonly type: 'approval'; readonly approval: Approval }
  | { readonly type: 'test'; readonly record: TestRecord }
  | { readonly type: 'pause'; readonly paused: boolean }
  | { readonly type: 'gap'; readonly lost: number };

export interface ConnectorFilter {
  readonly capability?: string;
  readonly kind?: 'saas' | 'hardware';
  readonly status?: ConnectorStatus;
}

export interface JournalFilter {
  readonly connector_id?: string;
  readonly state?: JournalState;
  /** Rows older than this one; for paging, newest first. */
  readonly before?: string;
  readonly limit: number;
}

/** A part of the journal by when its rows were accepted: from `sinceMs` to before `untilMs`, milliseconds since 1970. */
export interface JournalSpan {
  readonly connector_id?: string;
  readonly sinceMs?: number;
  readonly untilMs?: number;
}

/**
 * Everything an agent does with its connectors, for the API, MCP and the cloud alike. Rejects with `AgentError`.
 * The reading of the core flow starts at `call`.
 */
export interface ConnectorService {
  listings(): Promise<readonly ListingDescription[]>;
  devices(): Promise<readonly Device[]>;
  device(deviceId: string): Promise<Device>;
  identify(request: {
    readonly deviceId: string;
    readonly listing?: string;
    readonly config?: JsonObject;
    readonly signal: AbortSignal;
  }): Promise<IdentifyReport>;
  confirmDevice(deviceId: string, caller: Caller): Promise<Device>;
  /** The connector bound to a device, or null. */
  ownerOf(deviceId: string): { readonly id: string; readonly name: string } | null;

  /** Newest first. */
  list(filter?: ConnectorFilter): readonly Connector[];
  /** Rejects with `not_found`. */
  get(connectorId: string): Connector;
  /** What `alongside` writes is in the same commit as the connector, which it sees before it was first asked. */
  install(
    request: InstallRequest,
    caller: Caller,
    alongside?: (made: Connector) => readonly Statement[],
  ): Promise<Connector>;
  update(connectorId: string, request: UpdateRequest, caller: Caller): Promise<Connector>;
  /**
   * Purges credentials; keeps journal, tests and events. Rejects with `connector_in_use` while an active operator depends
   * on a capability that would be gone with it.
   */
  remove(connectorId: string, caller: Caller): Promise<void>;
  test(
    connectorId: string,
    tools: readonly string[] | null,
    caller: Caller,
    signal: AbortSignal,
    onResult?: (result: ToolTestResult) => void,
  ): Promise<TestRecord>;
  tests(connectorId: string): readonly TestRecord[];

  call(request: CallRequest): Promise<CallResult>;
  /** A picture of what a side effect would make; sends nothing and needs no policy. Rejects with `not_supported` where there is nothing to see. */
  preview(request: PreviewRequest): Promise<Picture>;

  policy(connectorId: string): Policy;
  setPolicy(connectorId: string, policy: Policy, caller: Caller): Promise<Policy>;
  paused(): boolean;
  setPaused(paused: boolean, caller: Caller): Promise<void>;

  journal(filter: JournalFilter): readonly JournalEntry[];
  journalEntry(journalId: string): JournalEntry;
  /** Oldest first, each page read when it is asked for. */
  journalPages(span: JournalSpan): Iterable<readonly JournalEntry[]>;
  settle(
    journalId: string,
    settlement: { readonly answer: 'happened' | 'did_not_happen'; readonly note?: string; readonly by?: string },
    caller: Caller,
  ): Promise<JournalEntry>;

  /** Newest first. */
  approvals(filter: ApprovalFilter): readonly Approval[];
  /** Rejects with `not_found`. */
  approval(approvalId: string): Approval;
  /** A picture of what it would make, where there is something to see. The arguments say it in any case. */
  approvalPreview(approvalId: string): Promise<Picture | null>;
  /**
   * A person allows it: policy, bounds, limits, pause and identity are looked at again, and then it is done, at once and
   * once. Resolves when it has ended, or after 10 s while it goes on. Rejects with `state_conflict` when it is decided,
   * void or expired, `refused` when it is not allowed any more, `local_only` for a caller that is no person at this machine.
   */
  approve(approvalId: string, decision: { readonly note?: string }, caller: Caller): Promise<Approval>;
  /** A person does not allow it. Rejects with `state_conflict`, `local_only`. */
  deny(approvalId: string, decision: { readonly note?: string }, caller: Caller): Promise<Approval>;

  /** The journal's epoch, and whether a person knows that an earlier journal was lost. */
  epoch(): { readonly epoch: string; readonly acknowledged: boolean };
  /** A person has taken note of the loss; side effects are possible again. */
  acknowledgeEpoch(caller: Caller): Promise<void>;

  /** Who depends on which capabilities. */
  readonly operators: Operators;

  lastReadings(connectorId: string): readonly Reading[];
  /** What a tool read before, newest first, as far as it is kept. */
  pastReadings(
    connectorId: string,
    tool: string,
    query: { readonly limit: number; readonly before?: string },
  ): Promise<readonly PastReading[]>;
  /** Returns what ends the subscription. */
  subscribe(listener: (event: ServiceEvent) => void): () => void;
  /** Runs the install rules for devices they have not fired for. `again` forgets earlier firings of this rule. */
  applyInstallRules(options?: { readonly again?: string }): Promise<readonly Connector[]>;
  close(): Promise<void>;
}

import type { JsonObject } from '../../../drivers/kit/index.ts';
import type {
  AddressCheck,
  Device,
  IdentifyProgress,
  IdentifyReport,
  ListingDescription,
  Picture,
} from '../../hardware/index.ts';
import type { Statement } from '../../store/index.ts';
import type { Approval, ApprovalFilter } from '../approvals/approval.ts';
import type { Caller } from '../caller.ts';
import type { CallRequest, CallResult } from '../calls/call-terms.ts';
import type { PreviewRequest } from '../calls/preview.ts';
import type { Connector, ConnectorFilter } from '../directory/connector.ts';
import type { ServiceEvent } from '../events/service-event.ts';
import type { HealthTimeline } from '../health/health-history.ts';
import type { PastReading, Reading } from '../health/reading.ts';
import type { TestRecord, ToolTestResult } from '../health/test-record.ts';
import type { InstallRequest, UpdateRequest } from '../installing/requests.ts';
import type { JournalEntry, JournalFilter, JournalSpan } from '../journal/journal-entry.ts';
import type { Operators } from '../operators/operators.ts';
import type { Policy } from '../policy/policy-terms.ts';
import type { StreamAnswer } from '../streams/stream-answer.ts';
import type { WirePage, WireRecording } from '../wire/wire-entry.ts';

/**
 * Everything an agent does with its connectors, for the API, MCP and the cloud alike. Rejects with `AgentError`.
 * The reading of the core flow starts at `call`.
 */
export interface ConnectorService {
  listings(): Promise<readonly ListingDescription[]>;
  devices(): Promise<readonly Device[]>;
  device(deviceId: string): Promise<Device>;
  /**
   * Who is there? With `listing` (or of a device that a connector owns) as that listing's devices are asked; else as every
   * family that can be asked without risk, on a free port.
   */
  identify(request: {
    readonly deviceId: string;
    readonly listing?: string;
    readonly config?: JsonObject;
    /** Says what would be sent, and sends nothing. */
    readonly dryRun?: boolean;
    readonly signal: AbortSignal;
    readonly onProgress?: (progress: IdentifyProgress) => void;
  }): Promise<IdentifyReport>;
  /** Whether something takes a connection at this network address; sends nothing. Rejects with `invalid_parameter`. */
  checkAddress(address: string, signal: AbortSignal): Promise<AddressCheck>;
  /** A person says that there is a device at this network address. Rejects with `invalid_parameter`, `state_conflict`. */
  addDevice(address: string, caller: Caller): Promise<Device>;
  /** Takes such a device back. Rejects with `not_found`, `state_conflict` (a connector uses it; it was not added). */
  removeDevice(deviceId: string, caller: Caller): Promise<void>;
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
   * on a capability that would be gone with it. `unaskedHub`: a person does it although that hub could not be asked; the journal tells.
   */
  remove(connectorId: string, caller: Caller, options?: { readonly unaskedHub?: string }): Promise<void>;
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

  /** How a connector was; by default in the last 24 hours. Never further back than is kept. */
  healthTimeline(
    connectorId: string,
    span: { readonly sinceMs?: number; readonly untilMs?: number },
  ): Promise<HealthTimeline>;

  /** A part of what went over a connector's wire, as far as it was recorded and is kept. Rejects with `invalid_cursor`. */
  wire(connectorId: string, query: { readonly after?: string; readonly limit: number }): WirePage;
  /**
   * Gives pages as they fill, the first at once, each after `take` is done with the one before; resolves when `signal`
   * aborts or the agent stops. Rejects as {@link ConnectorService.wire} does.
   */
  followWire(
    connectorId: string,
    query: { readonly after?: string },
    signal: AbortSignal,
    take: (page: WirePage) => Promise<void>,
  ): Promise<void>;
  /** Begins to record, goes on for `forMs` from now (null: until it is stopped), or stops. Rejects with `state_conflict` where the configuration forbids it. */
  recordWire(
    connectorId: string,
    request: { readonly on: boolean; readonly forMs: number | null },
    caller: Caller,
  ): Promise<WireRecording>;
  /** Deletes what was recorded of a connector. */
  clearWire(connectorId: string, caller: Caller): WirePage;

  lastReadings(connectorId: string): readonly Reading[];
  /** What a tool read before, newest first, as far as it is kept. */
  pastReadings(
    connectorId: string,
    tool: string,
    query: { readonly limit: number; readonly before?: string },
  ): Promise<readonly PastReading[]>;
  /** What a device sent by itself after a cursor, as far as it is kept. Throws `invalid_cursor`. */
  heardAfter(connectorId: string, cursor: string, limit: number): StreamAnswer;
  /** Returns what ends the subscription. */
  subscribe(listener: (event: ServiceEvent) => void): () => void;
  /** Runs the install rules for devices they have not fired for. `again` forgets earlier firings of this rule. */
  applyInstallRules(options?: { readonly again?: string }): Promise<readonly Connector[]>;
  close(): Promise<void>;
}

import type {
  Evidence,
  Identification,
  JsonObject,
  LinkType,
  ListingPrice,
  MinConfidence,
  Plan,
  Resolution,
  SerializedAgentError,
  Witness,
} from '../../drivers/kit/index.ts';
import type { Device } from './device.ts';
import type { IdentifyProgress, IdentifyReport } from './identify-report.ts';
import type { WireFrame } from './wire/wire-frame.ts';

/** A listing as the catalogue shows it. */
export interface ListingDescription {
  readonly id: string;
  readonly title: string;
  readonly summary: string;
  readonly category: string;
  readonly version: string;
  readonly models: readonly string[];
  readonly manuals: readonly string[];
  readonly capabilities: readonly string[];
  /** JSON Schema (2020-12) of `config`: device, unit on a bus, serial settings, the driver's own keys; defaults included. */
  readonly config_schema: JsonObject;
  readonly bus: boolean;
  readonly kind: 'hardware' | 'saas';
  /** `early_access`: shown, and not installed here. */
  readonly status: 'live' | 'early_access';
  readonly auth: { readonly type: 'none' | 'api_key' | 'basic' | 'oauth2' };
  /** Null: no price is stated for it. */
  readonly price: ListingPrice | null;
  /** What its devices can hang on. */
  readonly links: readonly LinkType[];
}

/** One tool of a configured connector, as data. */
export interface ToolDescription {
  readonly capability: string;
  readonly title: string;
  readonly description: string;
  readonly side_effect: boolean;
  /** JSON Schema of the driver's own arguments; strict; without the reserved ones. */
  readonly input_schema: JsonObject;
  readonly output_schema: JsonObject;
  /** Null for a side effect that no arguments can be assumed for: a test asks the health question instead. */
  readonly test_arguments: JsonObject | null;
  readonly expected_interval_ms: number | null;
  readonly best_evidence: Evidence | null;
  readonly destructive: boolean;
  readonly idempotent: boolean;
  readonly boundable: readonly string[];
  /** Below it a person confirms the device after each replug; null for what changes nothing. */
  readonly min_confidence: MinConfidence | null;
  /** It reads what the device sends by itself: it is answered from what was heard, never by {@link DeviceSide.read}. */
  readonly stream: StreamDescription | null;
}

/** What a connector may promise of a stream. */
export interface StreamDescription {
  /** `each`: every item counts; `latest`: only the newest says what is so. */
  readonly delivery: 'each' | 'latest';
  /** Items may tell of persons. */
  readonly personal: boolean;
  /** A `latest` item older than this is not given any more; null: it never ages. */
  readonly stale_after_ms: number | null;
}

/** What came over a stream, or may not have. */
export type StreamEntry =
  | { readonly kind: 'item'; readonly item: JsonObject }
  /**
   * `since`: from when on something may be missing, null when unknown. `bytes`: how many could not be used, null when
   * unknown.
   */
  | {
      readonly kind: 'gap';
      readonly reason: 'not_listening' | 'unreadable' | 'cut_off';
      readonly since: string | null;
      readonly bytes: number | null;
    };

/** A timed output that an earlier run of the agent, or an earlier binding, may have left on. */
export interface PendingRelease {
  readonly journalId: string;
  readonly plan: Plan;
  /** From {@link PermitAuthority.mintRelease}. */
  readonly permit: string;
}

/** Why a timed output was switched off when it was. */
export type ReleaseReason =
  /** Its time was up. */
  | 'due'
  /** Stop, pause, uninstall: before its time. */
  | 'called_off'
  /** It was not sure that, or since when, it was on: after a doubtful answer, a lost port, a restart. */
  | 'in_doubt';

/** Which device a connector uses, and how. The device side keeps a binding's session open whenever the device is there. */
export interface Binding {
  readonly connectorId: string;
  /** For messages. */
  readonly connectorName: string;
  readonly listing: string;
  readonly deviceId: string;
  /** As {@link DeviceSide.checkConfig} returned it. */
  readonly config: JsonObject;
  /** The unit's own serial number this connector was bound to, if it is known: another one is `wrong_device`. */
  readonly protocolSerial: string | null;
  /** Sent before anything else at this port, and again until the device confirms it. */
  readonly releases?: readonly PendingRelease[];
}

/** Whether a binding can be used now. */
export type BindingState =
  | { readonly state: 'opening' }
  | { readonly state: 'ready'; readonly identification: Identification | null }
  | { readonly state: 'unavailable'; readonly error: SerializedAgentError };

/** A call's own id, minted by the caller, by which it can be cancelled; and how long it may take, waiting included. */
export interface CallTicket {
  readonly callId: string;
  readonly deadlineMs: number;
}

/** How `act` ended. `unknown` whenever a harmful byte may have left and the device has not said how it ended. */
export interface ActAnswer {
  readonly outcome: 'applied' | 'failed' | 'unknown';
  /** Whether any harmful byte left, as far as can be known; never false when in doubt. */
  readonly sent: boolean;
  readonly evidence: Evidence | null;
  readonly result: JsonObject | null;
  readonly error: SerializedAgentError | null;
  /** A timed output is on, or may be. The device side switches it off by itself, and tells it as an `output` event. */
  readonly held?: boolean;
}

/** What a side effect would make, to be looked at. */
export interface Picture {
  readonly media_type: 'image/png';
  /** Base64. */
  readonly data: string;
  /** One pixel a dot of the device. */
  readonly width_dots: number;
  readonly height_dots: number;
  /** What the picture can't show. */
  readonly notes: readonly string[];
}

/** What is at a network address, as far as can be told without sending anything. */
export interface AddressCheck {
  /** In the one way it is written. */
  readonly address: string;
  /** The device that is known there already; null for an address that is new. */
  readonly deviceId: string | null;
  /** Whether it took a connection; null: it was not tried, since a device is known there. */
  readonly reachable: boolean | null;
  /** Why it is not to be reached; null when it is. */
  readonly error: SerializedAgentError | null;
}

/** What the device side tells without being asked. */
export type DeviceEvent =
  /** `causeId` is set when it went, and shared by everything that went for the same reason. */
  | { readonly type: 'device_changed'; readonly device: Device; readonly causeId?: string }
  | { readonly type: 'device_removed'; readonly deviceId: string; readonly causeId: string }
  | {
      readonly type: 'binding_changed';
      readonly connectorId: string;
      readonly binding: BindingState;
      readonly causeId: string | null;
    }
  /** A transaction with the device ended: what health is made of. Never sent for a call that only waited. */
  | {
      readonly type: 'transaction';
      readonly connectorId: string;
      readonly at: string;
      readonly error: SerializedAgentError | null;
    }
  /**
   * The device sent something by itself. `sequence` counts from 1 in each binding, without holes. The first entry of each
   * opening of the port is a gap, `not_listening`; its `since` is null for the first opening of the binding.
   */
  | {
      readonly type: 'stream';
      readonly connectorId: string;
      readonly deviceId: string;
      readonly sequence: number;
      readonly at: string;
      readonly entry: StreamEntry;
    }
  /** A running {@link DeviceSide.identifyUnknown} goes on. */
  | { readonly type: 'identify_progress'; readonly callId: string; readonly progress: IdentifyProgress }
  /** What went over the wire of a connector whose tap is open ({@link DeviceSide.tapWire}), in order, in portions. */
  | { readonly type: 'wire'; readonly connectorId: string; readonly frames: readonly WireFrame[] }
  /** A timed output was switched off, or could not be yet: then it is tried on, and the event comes again. */
  | {
      readonly type: 'output';
      readonly connectorId: string;
      readonly journalId: string;
      readonly at: string;
      readonly release:
        | {
            readonly state: 'released';
            readonly reason: ReleaseReason;
            readonly evidence: Evidence;
            readonly result: JsonObject;
          }
        | { readonly state: 'stuck'; readonly error: SerializedAgentError };
    };

/**
 * The device side: drivers, sessions, ports, detection. Async and serialisable throughout (every argument and result
 * survives structured clone; errors are `AgentError`s, which the boundary serialises), so that it can move to a process
 * of its own. Methods reject with `AgentError`.
 */
export interface DeviceSide {
  /** Starts detection; resolves after the first complete look at the machine. */
  start(): Promise<void>;
  listings(): Promise<readonly ListingDescription[]>;
  devices(): Promise<readonly Device[]>;
  /** Makes (or finds) the device for one address on the bus behind a port. */
  ensureUnit(request: { readonly deviceId: string; readonly unit: number }): Promise<Device>;
  /**
   * Whether something takes a connection at a network address. It is opened and closed again; nothing is sent, and nothing
   * is opened where a device is known already. Rejects with `invalid_parameter` for what is no address, and as opening does.
   */
  checkAddress(request: { readonly address: string } & CallTicket): Promise<AddressCheck>;
  /** A person says that there is a device at this network address. Rejects with `invalid_parameter`, `state_conflict` (known already). */
  addAddress(request: { readonly address: string }): Promise<Device>;
  /** Takes back what was added so. Rejects with `not_found`, `state_conflict` (a connector uses it; it was not added). */
  removeAddress(request: { readonly deviceId: string }): Promise<void>;
  /** A person says that the unit at this device is the right one. */
  confirm(request: { readonly deviceId: string }): Promise<Device>;
  /**
   * Asks the device who it is with the listing's harmless questions; on a free port, or in the turn of the connector that
   * owns it. `dryRun`: nothing is opened or sent, and the report says what would be to a device that does not answer.
   */
  identify(
    request: {
      readonly deviceId: string;
      readonly listing: string;
      readonly config: JsonObject;
      readonly dryRun: boolean;
    } & CallTicket,
  ): Promise<IdentifyReport>;
  /**
   * Asks a device of which nothing is known who it is, as each family on its link that can be asked without risk to the
   * others; stops at the first sure answer and keeps what was found with the device. The port must be free: rejects with
   * `state_conflict` (a connector uses it) or `port_busy` (another program), which say who. `dryRun`: nothing is sent, and
   * the report says what would be. `identify_progress` events say how far it is.
   */
  identifyUnknown(
    request: { readonly deviceId: string; readonly dryRun: boolean } & CallTicket,
  ): Promise<IdentifyReport>;
  /** Parses a connector's configuration (without `device` and `unit`); fills in defaults. Rejects with `invalid_parameter` naming the key. */
  checkConfig(request: { readonly listing: string; readonly config: JsonObject }): Promise<JsonObject>;
  /** The tools a connector with this configuration has; `link` is what its device hangs on, null while there is none. */
  describeTools(request: {
    readonly listing: string;
    readonly config: JsonObject;
    readonly unit: number | null;
    readonly link: LinkType | null;
  }): Promise<readonly ToolDescription[]>;

  /** Resolves at once with the state so far; later states come as events. Rejects with `state_conflict` when the device is bound already. */
  bind(binding: Binding): Promise<BindingState>;
  /** Resolves when the session is closed (its queue rejected with `closed`). Unknown ids are fine. */
  unbind(request: { readonly connectorId: string }): Promise<void>;
  bindingState(request: { readonly connectorId: string }): Promise<BindingState>;

  /** Validates arguments; for a side effect also makes its plan. Sends nothing. Rejects with `invalid_arguments` or `unknown_tool`. */
  prepare(request: {
    readonly connectorId: string;
    readonly tool: string;
    readonly arguments: JsonObject;
  }): Promise<{ readonly arguments: JsonObject; readonly plan: Plan | null }>;
  /** A picture of what a side effect would make. Sends nothing. Rejects with `invalid_arguments`, `unknown_tool`, `not_supported`. */
  preview(request: {
    readonly connectorId: string;
    readonly tool: string;
    readonly arguments: JsonObject;
  }): Promise<Picture>;
  /** Runs a read in the device's queue. Identical reads waiting at the same time share one exchange. */
  read(
    request: { readonly connectorId: string; readonly tool: string; readonly arguments: JsonObject } & CallTicket,
  ): Promise<JsonObject>;
  /**
   * One harmless exchange, in the device's queue. `insist` asks even a unit that has been silent. `answered` is false for a
   * device that can't be asked: its port is open, and no more is known.
   */
  healthCheck(
    request: { readonly connectorId: string; readonly insist: boolean } & CallTicket,
  ): Promise<{ readonly answered: boolean }>;

  /** Waits for the device's turn and keeps it, for a side effect. Must be closed; closes itself after `deadlineMs` without an `act` running. */
  openTurn(request: { readonly connectorId: string } & CallTicket): Promise<{ readonly turnId: string }>;
  /** Dry run: harmless frames only. */
  check(request: { readonly turnId: string; readonly tool: string; readonly plan: Plan }): Promise<Witness>;
  /**
   * Sends the planned frames. `permit` comes from {@link createPermitAuthority} and is good for this plan, once. Not
   * cancellable. Of a timed effect it is the beginning: the answer says so by `held`, and the turn may be closed.
   */
  act(request: {
    readonly turnId: string;
    readonly tool: string;
    readonly plan: Plan;
    readonly witness: Witness;
    readonly permit: string;
  }): Promise<ActAnswer>;
  resolve(request: {
    readonly turnId: string;
    readonly tool: string;
    readonly plan: Plan;
    readonly witness: Witness;
  }): Promise<Resolution>;
  closeTurn(request: { readonly turnId: string }): Promise<void>;
  /**
   * Switches off what is held, of one connector or (null) of all, before its time; waits for nobody's turn. Resolves when
   * each is off or is known to be stuck; the `output` events come before.
   */
  releaseOutputs(request: { readonly connectorId: string | null }): Promise<void>;

  /**
   * Whether what goes over a connector's wire is told, as `wire` events; it lasts over its bindings, and may be said before
   * there is one. On a bus it is what is said to its unit and by it, and what nobody asked for.
   */
  tapWire(request: { readonly connectorId: string; readonly open: boolean }): Promise<void>;

  /** Ends a waiting or running read, or a wait for a turn, with `cancelled`. Unknown ids are fine. */
  cancel(request: { readonly callId: string }): Promise<void>;
  /** Returns what ends the subscription. Events come in order, after what caused them. */
  subscribe(listener: (event: DeviceEvent) => void): () => void;
  /** Ends everything; idempotent; resolves when every port is closed. */
  close(): Promise<void>;
}

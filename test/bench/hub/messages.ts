/** What the process of simulated agents is asked for, one at a time. */
export type FleetCommand =
  /** Takes so many more in with an enrolment token, each with so many connectors and devices. */
  | {
      readonly type: 'enrol';
      readonly origin: string;
      readonly token: string;
      readonly count: number;
      readonly each: number;
    }
  /** Begins to keep the links of all that are not linked yet. `backOffMs`: in place of the growing distances with chance in them. */
  | { readonly type: 'link'; readonly backOffMs: number | null }
  | { readonly type: 'unlink' }
  | { readonly type: 'state' }
  /** The ids of the first connector of each. */
  | { readonly type: 'connectors' }
  /** With which each hands over its events. */
  | { readonly type: 'tokens' }
  | { readonly type: 'backOff'; readonly backOffMs: number | null }
  /** Posts batches of events from so many agents at once, for so long. */
  /** `to`: another address than the hub's. */
  | {
      readonly type: 'events';
      readonly agents: number;
      readonly batch: number;
      readonly forMs: number;
      readonly to: string | null;
    }
  /** Bare WebSockets to a bare server. */
  | { readonly type: 'bare'; readonly url: string; readonly count: number }
  | { readonly type: 'bareState' }
  | { readonly type: 'endBare' };

/** Links of the fleet now, and when the last of them came to stand (`Date.now()`). */
export interface FleetState {
  readonly agents: number;
  readonly up: number;
  readonly lastUpAt: number;
  /** Attempts that came to nothing, all along. */
  readonly failures: number;
}

/** Events taken, and how long a batch took in milliseconds. */
export interface FleetEvents {
  readonly accepted: number;
  readonly seconds: number;
  readonly durationsMs: readonly number[];
}

/** What agents show: as the demonstration's agent shows it. */
export interface Templates {
  readonly scale: { readonly connector: unknown; readonly tools: readonly unknown[]; readonly device: unknown };
  readonly listings: readonly unknown[];
}

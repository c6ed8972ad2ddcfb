/** On whose account something was said over a wire. */
export interface WireCall {
  readonly purpose: 'read' | 'health' | 'identify' | 'check' | 'act' | 'resolve' | 'release';
  /** The capability; null where no tool asked. */
  readonly tool: string | null;
  /** The row of the journal that an act belongs to. */
  readonly journal_id: string | null;
  /** What the exchange asks: `read weight now (SI)`. */
  readonly label: string | null;
}

/** A part of a frame that was secret, and stands there as so many `*`. */
export interface MaskedSpan {
  readonly start: number;
  /** Behind the last one. */
  readonly end: number;
}

/** Bytes that went one way, or a note of what happened between them. */
export type WireFrame =
  | {
      readonly direction: 'out' | 'in';
      /** When the first of them went. */
      readonly at: string;
      readonly bytes: Uint8Array;
      /** How many more there were than are kept. */
      readonly omitted: number;
      readonly masked: readonly MaskedSpan[];
      /** Null: nobody had asked. */
      readonly call: WireCall | null;
    }
  | {
      readonly direction: 'note';
      readonly at: string;
      readonly code: 'opened' | 'lost' | 'failed' | 'port_status';
      readonly text: string;
      readonly call: WireCall | null;
    };

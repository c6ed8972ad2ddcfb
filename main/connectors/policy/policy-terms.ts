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

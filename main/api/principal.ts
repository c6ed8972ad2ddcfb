/** Every scope that a token may carry (contract section 4), in the order shown to people. */
export const scopes = [
  'connectors:read',
  'connectors:write',
  'tools:read',
  'tools:act',
  'events:read',
  'events:write',
  'journal:read',
  'approvals:write',
  'policy:write',
  'tokens:write',
  'agents:read',
  'agents:write',
  'operators:read',
  'operators:write',
  'receipts:read',
  'keys:read',
  'keys:write',
] as const;

/** What a token may be allowed to do. */
export type Scope = (typeof scopes)[number];

/** Who a request comes from, once authenticated. */
export interface Principal {
  /** `local-admin`, `window`, `tok_...`, `hub:...`. */
  readonly id: string;
  readonly kind: 'local-admin' | 'window' | 'token' | 'hub';
  /** For people. */
  readonly name: string;
  readonly scopes: ReadonlySet<Scope>;
  /** Whether it sits at this machine (local socket or window): only then are policy, tokens, settling and pause within reach. */
  readonly local: boolean;
  /** Connector ids it is limited to; null when not limited. */
  readonly connectors: ReadonlySet<string> | null;
  /** Capabilities it is limited to; null when not limited. */
  readonly tools: ReadonlySet<string> | null;
  /** Aborts when the token is revoked or expires, or the window session ends: open streams close then. */
  readonly ended: AbortSignal;
}

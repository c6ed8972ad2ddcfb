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

/** On a hub: whose data a principal works with. What lies in another partition does not exist for it. */
export interface Partition {
  readonly tenantId: string;
  readonly mode: 'live' | 'test';
  /** Set for the credential of an agent. */
  readonly agentId: string | null;
}

/** Who a request comes from, once authenticated. */
export interface Principal {
  /** `local-admin`, `window`, `tok_...`, `hub:...`; on a hub `key_...`, `agt_...`. */
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
  /** The Idempotency-Key that a hub made for a caller who gave none: what carries it counts as keyless. */
  readonly mintedKey?: string;
  /** Absent on an agent, which has one tenant (`t_local`), and for the administrator of a hub. */
  readonly partition?: Partition;
}

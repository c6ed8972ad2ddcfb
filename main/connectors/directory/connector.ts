import type { JsonObject } from '../../../drivers/kit/index.ts';
import type { Device, ToolDescription } from '../../hardware/index.ts';

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

export interface ConnectorFilter {
  readonly capability?: string;
  readonly kind?: 'saas' | 'hardware';
  readonly status?: ConnectorStatus;
}

import type { JsonObject } from '../../drivers/kit/index.ts';
import type {
  CallRequest,
  CallResult,
  Connector,
  ConnectorService,
  EffectResult,
  Policy,
  Reading,
  ServiceEvent,
} from '../connectors/index.ts';

/** A connector, as far as MCP shows it. */
export type ShownConnector = Pick<
  Connector,
  'id' | 'name' | 'slug' | 'kind' | 'tools' | 'simulated' | 'status' | 'health' | 'last_synced_at'
> & { readonly device: Pick<NonNullable<Connector['device']>, 'id' | 'path' | 'unit' | 'present'> | null };

/** How a side effect ended, as MCP tells it: reasons and codes may be of a later version than this one. */
export type ShownEffect = Omit<EffectResult, 'reason' | 'error'> & {
  readonly reason: string | null;
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly hint?: string | null | undefined;
    readonly details?: JsonObject | undefined;
  } | null;
};

type ShownResult =
  | Extract<CallResult, { kind: 'read' }>
  | (Omit<Extract<CallResult, { kind: 'effect' }>, 'result'> & { readonly result: ShownEffect });

/** What happened, with connectors as they are shown. */
export type SourceEvent =
  | Exclude<ServiceEvent, { type: 'connector' }>
  | { readonly type: 'connector'; readonly connector: ShownConnector };

/** What MCP serves: the connectors of this machine, or of several machines behind a hub. */
export interface McpSource {
  /** In the reverse of the order in which they are shown. */
  list(): readonly ShownConnector[];
  /** Throws `not_found`. */
  get(connectorId: string): ShownConnector;
  /** Null where it is not known: it is decided at the machine. */
  policy(connectorId: string): Policy | null;
  call(request: CallRequest): Promise<ShownResult>;
  /** Returns what ends it. */
  subscribe(listener: (event: SourceEvent) => void): () => void;
  lastReadings(connectorId: string): readonly Reading[] | Promise<readonly Reading[]>;
  pastReadings: ConnectorService['pastReadings'];
}

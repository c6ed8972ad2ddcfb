import type { JsonObject } from '../../drivers/kit/index.ts';
import type { BindingState, CallTicket, DeviceSide } from '../hardware/index.ts';
import type { Credentials } from './credentials.ts';

/** Which source a connector speaks to, and where its secret rests. */
export interface SourceBinding {
  readonly connectorId: string;
  /** For messages. */
  readonly connectorName: string;
  readonly listing: string;
  /** As {@link SourceSide.checkConfig} returned it. */
  readonly config: JsonObject;
  /** The vault entry; the secret itself is read when it is needed. */
  readonly secretEntry: string;
}

/** Part of {@link DeviceSide} that makes sense without a device. */
type ConnectorFacing = Pick<
  DeviceSide,
  | 'listings'
  | 'checkConfig'
  | 'describeTools'
  | 'unbind'
  | 'bindingState'
  | 'prepare'
  | 'preview'
  | 'read'
  | 'healthCheck'
  | 'openTurn'
  | 'check'
  | 'act'
  | 'resolve'
  | 'closeTurn'
  | 'tapWire'
  | 'cancel'
  | 'subscribe'
  | 'close'
>;

/** What only sources have. */
export interface SourceOnly {
  /** Resolves at once with the state so far; later states come as events. */
  bindSource(binding: SourceBinding): Promise<BindingState>;
  /**
   * Asks the source, harmlessly, whether it takes these credentials; keeps none of them. Rejects with `auth_failed` when it
   * does not, `source_unreachable`, `source_busy`, `target_refused`, `bad_reply`, `device_refused` when that can't be told.
   */
  tryCredentials(
    request: {
      readonly connectorName: string;
      readonly listing: string;
      readonly config: JsonObject;
      readonly credentials: Credentials;
    } & CallTicket,
  ): Promise<void>;
}

/** The software sources, behind the same async, serialisable interface as devices. */
export interface SourceSide extends ConnectorFacing, SourceOnly {
  /** Whether this listing is one of a software source. */
  has(listing: string): boolean;
}

/** What connectors reach everything through: devices and software sources alike. */
export interface ConnectorSide extends DeviceSide, SourceOnly {}

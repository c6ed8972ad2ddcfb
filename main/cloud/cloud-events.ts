import type { OutboxObject } from '../api/schemas/index.ts';
import type { Config } from '../config/index.ts';
import { type Clock, type ConnectorService, type Log, systemClock } from '../connectors/index.ts';
import type { Database } from '../store/index.ts';
import { feedOutbox } from './events/feeder.ts';
import type { EventCarrier } from './outbox/carrier.ts';
import { type OutboxBounds, openOutbox, startSender } from './outbox/index.ts';
import { outboxObject } from './outbox/outbox-object.ts';

/** A cloud that events go to. */
export interface EventCloud {
  /** For people: `https://hub.example.com`. */
  readonly name: string;
  /** How to reach it; null: not now, events wait. */
  readonly carrier: EventCarrier | null;
}

/** Takes what happens to the cloud that this machine belongs to. */
export interface CloudEvents {
  /** Where events go from now on. Null: this machine belongs to no cloud; nothing is kept, and what waits is not sent. */
  use(cloud: EventCloud | null): void;
  outbox(): OutboxObject;
  /** Stores what waits. */
  close(): Promise<void>;
}

/** Opens the outbox. Nothing is fed into it before a cloud is named. */
export async function startCloudEvents(parts: {
  readonly service: Pick<ConnectorService, 'list' | 'journal' | 'heardAfter' | 'subscribe' | 'paused'>;
  readonly state: Database;
  readonly epoch: string;
  readonly config: Config['cloud'];
  readonly agentName: string;
  readonly log: Log;
  readonly clock?: Clock;
}): Promise<CloudEvents> {
  const { service, state, epoch, config, agentName, log, clock = systemClock } = parts;
  const bounds = boundsOf(config.outbox);
  const outbox = await openOutbox({ database: state, epoch, bounds, clock, log });
  const sender = startSender({ outbox, clock, log });
  let cloud: EventCloud | null = null;
  let stopFeeding: (() => void) | null = null;
  let closed = false;

  return {
    use(next) {
      if (closed) return;
      cloud = next;
      sender.use(next?.carrier ?? null);
      if (next === null) {
        stopFeeding?.();
        stopFeeding = null;
        return;
      }
      stopFeeding ??= feedOutbox({
        service,
        outbox,
        readings: {
          send: config.readings.send,
          minIntervalMs: config.readings.min_interval_s * 1_000,
          heartbeatMs: config.readings.heartbeat_s * 1_000,
        },
        agentName,
        clock,
        log,
      });
    },
    outbox: () => outboxObject(outbox.status(), { cloud: cloud?.name ?? null, sender: sender.status(), bounds }),
    async close() {
      closed = true;
      stopFeeding?.();
      await sender.close();
      await outbox.close();
    },
  };
}

function boundsOf(config: Config['cloud']['outbox']): OutboxBounds {
  const of = (own: { readonly max_mb: number; readonly max_hours: number }) => ({
    maxBytes: Math.round(own.max_mb * 1024 * 1024),
    maxAgeMs: Math.round(own.max_hours * 3_600_000),
  });
  return {
    effects: of(config.effects),
    state: of(config.state),
    streams: of(config.streams),
    readings: of(config.readings),
  };
}

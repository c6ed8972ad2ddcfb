import { AgentError } from '../../drivers/kit/index.ts';
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
  /** What another has not: what waits for one cloud is never sent to another. Default: the name; null: not known yet. */
  readonly id?: string | null;
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
  let turn: Promise<void> = Promise.resolve();
  let owner: string | null = null;

  const stop = () => {
    stopFeeding?.();
    stopFeeding = null;
  };
  /** One after the other: nothing is fed or sent before it is known whose it is. */
  const follow = async (next: EventCloud | null): Promise<void> => {
    if (closed) return;
    if (next === null) {
      sender.use(null);
      return stop();
    }
    try {
      const id = next.id === undefined ? next.name : next.id;
      if (id !== null && id !== owner) {
        sender.use(null);
        stop();
        if (await outbox.belongTo(id)) log.warn({ cloud: next.name }, 'What waited for another cloud was forgotten');
        owner = id;
      }
      sender.use(next.carrier);
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
    } catch (error) {
      const { code } = AgentError.from(error);
      sender.use(null);
      log.error({ err: error, code }, 'Events can not be kept for this cloud; none are sent');
    }
  };

  return {
    use(next) {
      if (closed) return;
      cloud = next;
      turn = turn.then(() => follow(next));
    },
    outbox: () => outboxObject(outbox.status(), { cloud: cloud?.name ?? null, sender: sender.status(), bounds }),
    async close() {
      closed = true;
      await turn;
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

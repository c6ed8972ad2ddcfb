import type { OutboxObject } from '../../api/schemas/index.ts';
import type { SenderStatus } from './sender.ts';
import { eventClasses, type OutboxBounds, type OutboxStatus } from './terms.ts';

/** The outbox as the API shows it. */
export function outboxObject(
  status: OutboxStatus,
  of: { readonly cloud: string | null; readonly sender: SenderStatus; readonly bounds: OutboxBounds },
): OutboxObject {
  const { cloud, sender, bounds } = of;
  const classes = eventClasses.map((name) => ({ name, ...status.classes[name] }));
  const sum = (pick: (one: (typeof classes)[number]) => number) => classes.reduce((total, one) => total + pick(one), 0);
  const oldest = classes.flatMap(({ oldestAt }) => (oldestAt === null ? [] : [oldestAt])).sort();
  return {
    object: 'outbox',
    cloud,
    state: cloud === null ? 'off' : sender.state,
    reason: cloud === null ? null : sender.reason,
    hint: cloud === null ? null : sender.hint,
    next_attempt_at: cloud === null ? null : sender.nextAttemptAt,
    waiting: sum(({ waiting }) => waiting),
    bytes: sum(({ bytes }) => bytes),
    oldest_at: oldest[0] ?? null,
    gaps_waiting: status.gapsWaiting,
    dropped: sum(({ dropped }) => dropped),
    refused: status.refused,
    withheld: status.withheld,
    sent: status.sent,
    last_sent_at: status.lastSentAt,
    last_event_at: status.lastEventAt,
    classes: classes.map(({ name, waiting, bytes, oldestAt, dropped }) => ({
      name,
      waiting,
      bytes,
      max_bytes: bounds[name].maxBytes,
      max_age_s: Math.round(bounds[name].maxAgeMs / 1_000),
      oldest_at: oldestAt,
      dropped,
    })),
  };
}

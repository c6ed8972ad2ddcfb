import type { OutboxObject } from '../../api/schemas/index.ts';
import type { AddCommands } from '../cli.ts';
import { type Column, formatFacts, formatTable } from '../table.ts';

/** `cloud outbox`: what is on its way to the cloud. */
export const addCloudOutbox: AddCommands = (cloud, host) => {
  host.add(cloud, {
    syntax: 'outbox',
    summary: 'show what is on its way to the cloud: how much waits, since when, what was given up',
    examples: ['fibric-edge cloud outbox', 'fibric-edge cloud outbox --json'],
    async run({ client, json, print, printJson }) {
      const outbox = await client.getOutbox();
      if (json) return printJson(outbox);
      print(formatFacts(factsOf(outbox)));
      print('');
      print(formatTable(outbox.classes, columns, 'No class of events is kept.'));
    },
  });
};

function factsOf(outbox: OutboxObject): Readonly<Record<string, string | number | null>> {
  return {
    cloud: outbox.cloud ?? 'none; nothing is kept for one',
    state: outbox.reason === null ? outbox.state : `${outbox.state}: ${outbox.reason}`,
    ...(outbox.hint === null ? {} : { 'what to do': outbox.hint }),
    ...(outbox.next_attempt_at === null ? {} : { 'next attempt': outbox.next_attempt_at }),
    waiting: outbox.waiting,
    oldest: outbox.oldest_at,
    sent: outbox.sent,
    'last sent': outbox.last_sent_at,
    dropped: outbox.dropped,
    'gaps to tell': outbox.gaps_waiting,
    'refused by the cloud': outbox.refused,
    'kept back (simulated)': outbox.withheld,
  };
}

type OutboxClass = OutboxObject['classes'][number];

const columns: readonly Column<OutboxClass>[] = [
  { heading: 'events', value: ({ name }) => name },
  { heading: 'waiting', value: ({ waiting }) => waiting },
  { heading: 'size', value: ({ bytes, max_bytes: most }) => `${megabytes(bytes)} of ${megabytes(most)} MB` },
  { heading: 'oldest', value: ({ oldest_at: at }) => at },
  { heading: 'kept for', value: ({ max_age_s: seconds }) => `${Math.round(seconds / 36) / 100} h` },
  { heading: 'dropped', value: ({ dropped }) => dropped },
];

function megabytes(bytes: number): string {
  return (bytes / 1024 / 1024).toFixed(1);
}

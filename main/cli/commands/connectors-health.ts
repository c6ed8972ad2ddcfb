import { z } from 'zod';
import type { HealthSpanObject } from '../../api/schemas/index.ts';
import type { AddCommands } from '../cli.ts';
import { parseDurationMs } from '../duration.ts';
import { findConnector } from '../find.ts';
import { formatTable } from '../table.ts';

const optionsSchema = z.object({ for: z.string().default('24h') });

/** `connectors health` */
export const addConnectorHealth: AddCommands = (connectors, host) => {
  host.add(connectors, {
    syntax: 'health <name>',
    summary: 'show how a connector was, from when to when',
    examples: [
      'fibric-edge connectors health bench-scale',
      'fibric-edge connectors health bench-scale --for 7d --json',
    ],
    options: [{ flags: '--for <duration>', description: 'how far back: 90m, 24h, 7d (default: 24h)' }],
    async run({ client, words: [name = ''], options, json, print, printJson }) {
      const backMs = parseDurationMs('--for', optionsSchema.parse(options).for);
      const connector = await findConnector(client, name);
      const since = new Date(Date.now() - backMs).toISOString();
      const timeline = await client.getHealthTimeline(connector.id, { since });
      if (json) return printJson(timeline);
      print(
        formatTable(
          timeline.spans,
          [
            { heading: 'from', value: ({ from }) => from },
            { heading: 'to', value: ({ to }) => to },
            { heading: 'state', value: ({ state }) => (state === 'not_known' ? 'not known' : state) },
            { heading: 'why', value: whyOf },
          ],
          'Nothing is known of this time.',
        ),
      );
      if (timeline.cut) print('There were more changes before; ask for a shorter time with --for.');
    },
  });
};

function whyOf({ state, reason, message }: HealthSpanObject): string | null {
  if (state !== 'not_known') return message ?? reason;
  return reason === 'agent_not_running' ? 'the agent did not run' : 'nothing is kept of it';
}

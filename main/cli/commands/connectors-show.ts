import type { PolicyObject } from '../../api/schemas/index.ts';
import type { AddCommands } from '../cli.ts';
import { credentialsText } from '../connector-columns.ts';
import { findConnector } from '../find.ts';
import { formatFacts, formatTable } from '../table.ts';

/** `connectors show` */
export const addConnectorShow: AddCommands = (connectors, host) => {
  host.add(connectors, {
    syntax: 'show <name>',
    summary: 'show one connector: health, device, tools, settings, policy',
    examples: ['fibric-edge connectors show bench-scale'],
    async run({ client, words: [name = ''], json, print, printJson }) {
      const { id } = await findConnector(client, name);
      const [connector, tools, policy, readings] = await Promise.all([
        client.getConnector(id),
        client.listConnectorTools(id),
        client.getPolicy(id),
        client.listReadings(id),
      ]);
      if (json) return printJson({ ...connector, policy, readings });
      const { health, device } = connector;
      print(
        formatFacts({
          name: connector.name,
          id,
          listing: connector.listing,
          kind: connector.kind,
          status: connector.status,
          health: `${health.state}${health.reason === null ? '' : ` (${health.reason})`} since ${health.since}`,
          ...(health.message === null ? {} : { problem: health.message }),
          ...(health.hint === null ? {} : { advice: health.hint }),
          ...(connector.kind === 'saas' ? { credentials: credentialsText(connector.auth) } : {}),
          device:
            device === null
              ? null
              : `${device.id} at ${device.path}${device.unit === null ? '' : `, unit ${device.unit}`}`,
          simulated: connector.simulated ? 'yes' : 'no',
          'last good read': connector.last_synced_at,
          settings: JSON.stringify(connector.config),
        }),
      );
      print('');
      print(
        formatTable(
          tools,
          [
            { heading: 'tool', value: (tool) => tool.name },
            { heading: 'title', value: (tool) => tool.title },
            { heading: 'policy', value: (tool) => (tool.side_effect ? decisionOf(policy, tool.name) : 'read') },
            {
              heading: 'last value',
              value: (tool) => lastValue(readings.find((reading) => reading.tool === tool.name)),
            },
          ],
          'It has no tools.',
        ),
      );
    },
  });
};

function decisionOf(policy: PolicyObject, tool: string): string {
  const { decision = policy.default, ...limits } = policy.tools[tool] ?? {};
  return Object.keys(limits).length === 0 ? decision : `${decision} ${JSON.stringify(limits)}`;
}

function lastValue(reading: { readonly value: object; readonly at: string } | undefined): string | null {
  return reading === undefined ? null : `${JSON.stringify(reading.value)} at ${reading.at}`;
}

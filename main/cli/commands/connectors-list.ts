import { z } from 'zod';
import type { AddCommands } from '../cli.ts';
import { connectorColumns } from '../connector-columns.ts';
import { formatTable } from '../table.ts';

const optionsSchema = z.object({
  capability: z.string().optional(),
  status: z.enum(['connected', 'pending_auth', 'error']).optional(),
});

/** `connectors list` */
export const addConnectorList: AddCommands = (connectors, host) => {
  host.add(connectors, {
    syntax: 'list',
    isDefault: true,
    summary: 'list the installed connectors, newest first',
    examples: [
      'fibric-edge connectors list',
      'fibric-edge connectors list --capability weight.read --status connected',
    ],
    options: [
      { flags: '--capability <capability>', description: 'only those that fulfil it' },
      { flags: '--status <status>', description: 'only connected, pending_auth or error' },
    ],
    async run({ client, options, json, print, printJson }) {
      const found = await client.listConnectors(optionsSchema.parse(options));
      if (json) printJson(found);
      else print(formatTable(found, connectorColumns, 'No connector is installed. See `fibric-edge devices list`.'));
    },
  });
};

import { z } from 'zod';
import type { AddCommands } from '../cli.ts';
import { exitCodes } from '../exit-codes.ts';
import { findConnector } from '../find.ts';

const optionsSchema = z.object({ yes: z.boolean().default(false) });

/** `connectors remove` */
export const addConnectorRemove: AddCommands = (connectors, host) => {
  host.add(connectors, {
    syntax: 'remove <name>',
    aliases: ['uninstall'],
    summary: 'uninstall a connector; its journal and tests are kept',
    examples: ['fibric-edge connectors remove bench-scale', 'fibric-edge connectors remove bench-scale --yes'],
    options: [{ flags: '--yes', description: 'do not ask' }],
    async run({ client, words: [name = ''], options, json, print, printJson, note, confirm }) {
      const connector = await findConnector(client, name);
      const { yes } = optionsSchema.parse(options);
      if (!yes && !(await confirm(`Uninstall ${connector.name} (${connector.listing})?`))) {
        note('Nothing was changed.');
        return exitCodes.failure;
      }
      const removed = await client.removeConnector(connector.id);
      if (json) printJson(removed);
      else print(`${connector.name} is uninstalled.`);
      return exitCodes.ok;
    },
  });
};

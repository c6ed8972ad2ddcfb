import { z } from 'zod';
import type { AddCommands } from '../cli.ts';
import { exitCodes } from '../exit-codes.ts';
import { findConnector } from '../find.ts';

const optionsSchema = z.object({ yes: z.boolean().default(false), force: z.boolean().default(false) });

/** `connectors remove` */
export const addConnectorRemove: AddCommands = (connectors, host) => {
  host.add(connectors, {
    syntax: 'remove <name>',
    aliases: ['uninstall'],
    summary: 'uninstall a connector; its journal and tests are kept',
    examples: ['fibric-edge connectors remove bench-scale', 'fibric-edge connectors remove bench-scale --yes'],
    options: [
      { flags: '--yes', description: 'do not ask' },
      {
        flags: '--force',
        description: "although the machine's hub can't be asked who depends on it; the journal tells who did it",
      },
    ],
    async run({ client, words: [name = ''], options, json, print, printJson, note, confirm }) {
      const connector = await findConnector(client, name);
      const { yes, force } = optionsSchema.parse(options);
      const unasked = force ? ", although its hub can't be asked who depends on it" : '';
      if (!yes && !(await confirm(`Uninstall ${connector.name} (${connector.listing})${unasked}?`))) {
        note('Nothing was changed.');
        return exitCodes.failure;
      }
      const removed = await client.removeConnector(connector.id, { force });
      if (json) printJson(removed);
      else print(`${connector.name} is uninstalled.`);
      return exitCodes.ok;
    },
  });
};

import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { AgentError, type JsonObject } from '../../../drivers/kit/index.ts';
import type { ApiClient } from '../../api/client.ts';
import { connectorColumns } from '../connector-columns.ts';
import { findDevice } from '../find.ts';
import { splitPairs, typedValues } from '../key-values.ts';
import type { AddCommands } from '../main.ts';
import { formatTable } from '../table.ts';

const optionsSchema = z.object({
  device: z.string().optional(),
  name: z.string().optional(),
  key: z.string().optional(),
  rule: z.string().optional(),
});

/** `install`: a connector from a listing, bound to a device; or the install rules once more. */
export const addInstall: AddCommands = (program, host) => {
  host.add(program, {
    syntax: 'install [listing] [settings...]',
    summary: 'install a connector for a device, or run an install rule again',
    examples: [
      'fibric-edge install cn-scale-sics --device /dev/ttyUSB0 --name bench-scale',
      'fibric-edge install cn-modbus --device /dev/ttyUSB1 unit=7 map=relay-board',
      'fibric-edge install --rule bench-scale',
    ],
    options: [
      { flags: '--device <device>', description: 'the device, by id or path' },
      { flags: '--name <name>', description: 'what to call it (default: the listing)' },
      { flags: '--key <key>', description: 'makes asking again safe: the same key installs once' },
      { flags: '--rule <name>', description: 'forget that this install rule fired, and run the rules' },
    ],
    async run({ client, words: [listing, ...settings], options, signal, json, print, printJson, note }) {
      const { device, name, key, rule } = optionsSchema.parse(options);
      if (rule !== undefined) {
        if (listing !== undefined) throw usage('--rule takes no listing.', 'Give the one or the other.');
        const { data } = await client.applyInstallRules(rule);
        if (json) printJson(data);
        else print(formatTable(data, connectorColumns, 'No rule installed anything.'));
        return;
      }
      if (listing === undefined) throw usage('Which listing?', 'See `fibric-edge listings`.');
      const config = await configOf(client, listing, device, settings);
      const installed = await client.installConnector(
        { listing, auth: { type: 'none' }, config, ...(name === undefined ? {} : { name }) },
        { idempotencyKey: key ?? `cli-${randomUUID()}`, signal },
      );
      if (json) return printJson(installed);
      print(
        `Installed ${installed.name} (${installed.id}): ${installed.capabilities.join(', ')}. Status: ${installed.status}.`,
      );
      note(`Try it: fibric-edge connectors test ${JSON.stringify(installed.name)}`);
      note('Its side effects are denied until you allow them: fibric-edge connectors set --help');
    },
  });
};

async function configOf(
  client: ApiClient,
  listingId: string,
  device: string | undefined,
  settings: readonly string[],
): Promise<JsonObject> {
  const listing = (await client.listListings()).find(({ id }) => id === listingId);
  if (listing === undefined) {
    throw new AgentError('not_found', `There is no listing ${JSON.stringify(listingId)}.`, {
      hint: 'See `fibric-edge listings`.',
    });
  }
  const typed = typedValues(splitPairs(settings), listing.config_schema);
  if (device === undefined) return typed;
  const found = await findDevice(client, device);
  // A device that is one address of a bus says its unit itself.
  return { ...typed, device: found.id };
}

function usage(message: string, hint: string): AgentError {
  return new AgentError('invalid_parameter', message, { hint });
}

import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { AgentError, type JsonObject } from '../../../drivers/kit/index.ts';
import type { ApiClient } from '../../api/client.ts';
import type { ListingObject } from '../../api/schemas/index.ts';
import type { AddCommands } from '../cli.ts';
import { connectorColumns } from '../connector-columns.ts';
import { credentialOptions, credentialOptionsSchema, credentialsFor } from '../credential-options.ts';
import { findDevice } from '../find.ts';
import { splitPairs, typedValues } from '../key-values.ts';
import { formatPrice } from '../price.ts';
import { formatTable } from '../table.ts';

const optionsSchema = z.object({
  device: z.string().optional(),
  name: z.string().optional(),
  set: z.array(z.string()).default([]),
  idempotencyKey: z.string().optional(),
  rule: z.string().optional(),
  ...credentialOptionsSchema.shape,
});

/** `install`: a connector from a listing, for a device or a software source; or the install rules once more. */
export const addInstall: AddCommands = (program, host) => {
  host.add(program, {
    syntax: 'install [listing] [settings...]',
    summary: 'install a connector for a device or a software source, or run an install rule again',
    examples: [
      'fibric-edge install cn-scale-sics --device /dev/ttyUSB0 --name bench-scale',
      'fibric-edge install cn-modbus --device /dev/ttyUSB1 unit=7 map=relay-board',
      'fibric-edge install cn-magento --name magento-us-store --set base_url=https://store.acme.com --key-stdin < key.txt',
      'fibric-edge install --rule bench-scale',
    ],
    options: [
      { flags: '--device <device>', description: 'the device, by id or path' },
      { flags: '--name <name>', description: 'what to call it (default: the listing)' },
      { flags: '--set <settings...>', description: 'settings of the listing, as key=value' },
      ...credentialOptions,
      { flags: '--idempotency-key <key>', description: 'makes asking again safe: the same key installs once' },
      { flags: '--rule <name>', description: 'forget that this install rule fired, and run the rules' },
    ],
    async run(session) {
      const { client, words, signal, json, print, printJson, note } = session;
      const [listingId, ...positional] = words;
      const { device, name, set, idempotencyKey, rule, ...secret } = optionsSchema.parse(session.options);
      if (rule !== undefined) {
        if (listingId !== undefined) throw usage('--rule takes no listing.', 'Give the one or the other.');
        const { data } = await client.applyInstallRules(rule);
        if (json) printJson(data);
        else print(formatTable(data, connectorColumns, 'No rule installed anything.'));
        return;
      }
      if (listingId === undefined) throw usage('Which listing?', 'See `fibric-edge listings`.');
      const listing = await findListing(client, listingId);
      const config = await configOf(client, listing, device, [...positional, ...set]);
      // Nobody is asked for a secret that can't be used.
      const early = listing.status === 'early_access';
      const auth = early ? ({ type: 'none' } as const) : await credentialsFor(session, listing, secret);
      const installed = await client.installConnector(
        { listing: listing.id, auth, config, ...(name === undefined ? {} : { name }) },
        { idempotencyKey: idempotencyKey ?? `cli-${randomUUID()}`, signal },
      );
      if (json) return printJson(installed);
      print(
        `Installed ${installed.name} (${installed.id}): ${installed.capabilities.join(', ')}. Status: ${installed.status}.`,
      );
      if (installed.price !== undefined) print(`Price: ${formatPrice(installed.price)}.`);
      note(`Try it: fibric-edge connectors test ${JSON.stringify(installed.name)}`);
      note('Its side effects are denied until you allow them: fibric-edge connectors set --help');
    },
  });
};

/** The listing of that id. Rejects with `not_found`. */
export async function findListing(client: ApiClient, listingId: string): Promise<ListingObject> {
  const listing = (await client.listListings()).find(({ id }) => id === listingId);
  if (listing !== undefined) return listing;
  throw new AgentError('not_found', `There is no listing ${JSON.stringify(listingId)}.`, {
    hint: 'See `fibric-edge listings`.',
  });
}

/** What was asked for, typed as the listing says, and the device by its id. */
export async function configOf(
  client: ApiClient,
  listing: ListingObject,
  device: string | undefined,
  settings: readonly string[],
): Promise<JsonObject> {
  const typed = typedValues(splitPairs(settings), listing.config_schema);
  if (device === undefined) return typed;
  const found = await findDevice(client, device);
  // A device that is one address of a bus says its unit itself.
  return { ...typed, device: found.id };
}

function usage(message: string, hint: string): AgentError {
  return new AgentError('invalid_parameter', message, { hint });
}

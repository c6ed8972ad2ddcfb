import type { JsonObject } from '../../../drivers/kit/index.ts';
import { AgentError } from '../../../drivers/kit/index.ts';
import type { ApiClient } from '../../api/client.ts';
import type { ListingObject } from '../../api/schemas/index.ts';
import type { AddCommands } from '../cli.ts';
import { credentialsText } from '../connector-columns.ts';
import { credentialOptions, credentialOptionsSchema, credentialsFor } from '../credential-options.ts';
import { findConnector, findDevice } from '../find.ts';
import { splitPairs, typedValues } from '../key-values.ts';
import { changePolicy } from '../policy-settings.ts';
import { formatFacts } from '../table.ts';

/** `connectors set` */
export const addConnectorSet: AddCommands = (connectors, host) => {
  host.add(connectors, {
    syntax: 'set <name> <settings...>',
    summary: 'change the name, settings, credentials or policy of a connector',
    examples: [
      'fibric-edge connectors set gate policy.relay.set=allow',
      'fibric-edge connectors set gate policy.relay.set.bounds.channel=1..4 policy.relay.set.rate=5/60000',
      'fibric-edge connectors set bench-scale name=dock-scale baud_rate=19200',
      'fibric-edge connectors set magento-us-store auth --key-stdin < new-key.txt',
    ],
    options: credentialOptions,
    async run(session) {
      const { client, json, print, printJson } = session;
      const [nameOrId = '', ...words] = session.words;
      const secret = credentialOptionsSchema.parse(session.options);
      const rotates = words.includes('auth');
      if (!rotates && (secret.keyStdin || secret.username !== undefined)) {
        throw new AgentError('invalid_parameter', 'Credentials were given, and nothing says to change them.', {
          hint: 'Add the word auth: fibric-edge connectors set NAME auth --key-stdin',
        });
      }
      const pairs = [...splitPairs(words.filter((word) => word !== 'auth'))];
      if (pairs.some(([key]) => key === 'auth')) {
        throw new AgentError('invalid_parameter', 'A secret is no argument: others on this machine could see it.', {
          hint: 'Write auth alone; you are asked for it, or add --key-stdin.',
        });
      }
      const connector = await findConnector(client, nameOrId);
      const policyPairs = pairs.filter(([key]) => key.startsWith('policy.'));
      const name = pairs.find(([key]) => key === 'name')?.[1];
      const settings = pairs.filter(([key]) => key !== 'name' && !key.startsWith('policy.'));

      // Everything is understood before anything is changed.
      const policy =
        policyPairs.length === 0
          ? null
          : policyPairs.reduce(
              (sofar, [key, value]) => changePolicy(sofar, key, value),
              await client.getPolicy(connector.id),
            );
      const config =
        settings.length === 0
          ? null
          : await settingsOf(
              client,
              connector.listing,
              new Map(settings.map(([key, value]) => [key.replace(/^config\./, ''), value])),
            );
      const auth = rotates ? await credentialsFor(session, await listingOf(client, connector.listing), secret) : null;
      if (config !== null || name !== undefined || auth !== null) {
        await client.updateConnector(connector.id, {
          ...(name === undefined ? {} : { name }),
          ...(auth === null ? {} : { auth }),
          ...(config === null ? {} : { config }),
        });
      }
      if (policy !== null) await client.setPolicy(connector.id, policy);

      const [changed, current] = await Promise.all([client.getConnector(connector.id), client.getPolicy(connector.id)]);
      if (json) printJson({ ...changed, policy: current });
      else
        print(
          formatFacts({
            name: changed.name,
            status: changed.status,
            credentials: credentialsText(changed.auth),
            settings: JSON.stringify(changed.config),
            policy: JSON.stringify(current),
          }),
        );
    },
  });
};

async function listingOf(client: ApiClient, listingId: string): Promise<ListingObject> {
  const listing = (await client.listListings()).find(({ id }) => id === listingId);
  if (listing !== undefined) return listing;
  throw new AgentError('not_found', `The listing ${listingId} is not known to this agent.`, {
    hint: 'Its settings can only be changed by a version that has it.',
  });
}

async function settingsOf(
  client: ApiClient,
  listingId: string,
  pairs: ReadonlyMap<string, string>,
): Promise<JsonObject> {
  const listing = await listingOf(client, listingId);
  const typed = typedValues(pairs, listing.config_schema);
  const device = pairs.get('device');
  const settled = device === undefined ? typed : { ...typed, device: (await findDevice(client, device)).id };
  // An empty value goes back to the default.
  return Object.fromEntries(Object.entries(settled).map(([key, value]) => [key, value === '' ? null : value]));
}

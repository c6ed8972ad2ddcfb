import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { AgentError } from '../../../../drivers/kit/index.ts';
import type { ApiClient } from '../../../api/client.ts';
import type { AgentObject } from '../../../api/schemas/index.ts';
import type { AddCommands } from '../../cli.ts';
import { connectorColumns, credentialsText } from '../../connector-columns.ts';
import { credentialsFor } from '../../credential-options.ts';
import { exitCodes } from '../../exit-codes.ts';
import { findConnector } from '../../find.ts';
import { splitPairs, typedValues } from '../../key-values.ts';
import { formatPrice } from '../../price.ts';
import { formatFacts, formatTable } from '../../table.ts';
import { configOf, findListing } from '../install.ts';
import { findAgent } from './agents.ts';
import { tenantOptions, withHub } from './hub-session.ts';
import { requireSealing, sealForAgent } from './sealed-credentials.ts';

const secretOptions = [
  { flags: '--agent <name>', description: 'the machine, by name or id (default: the only one)' },
  {
    flags: '--secret-stdin',
    description: 'read the API key or password from standard input; else you are asked for it',
  },
  { flags: '--username <name>', description: 'the user name, for listings that take basic' },
  { flags: '--key-words <words>', description: 'seal only for the machine whose screen shows these words' },
] as const;
const secretShape = {
  agent: z.string().optional(),
  secretStdin: z.boolean().default(false),
  username: z.string().optional(),
  keyWords: z.string().optional(),
};
const installOptions = z.object({
  ...secretShape,
  device: z.string().optional(),
  name: z.string().optional(),
  set: z.array(z.string()).default([]),
  idempotencyKey: z.string().optional(),
});
const setOptions = z.object({ ...secretShape, name: z.string().optional(), set: z.array(z.string()).default([]) });
const removeOptions = z.object({ yes: z.boolean().default(false) });

/** `hub connectors`: what is installed on the machines of a tenant. Secrets are sealed here, so that no hub can read them. */
export const addHubConnectors: AddCommands = (hub, host) => {
  const connectors = host.group(hub, 'connectors', "what is installed on a tenant's machines", ['connector']);
  host.add(connectors, {
    syntax: 'list',
    isDefault: true,
    summary: 'list the connectors of all machines',
    examples: ['fibric-edge hub connectors list --tenant acme'],
    options: tenantOptions,
    async run(session) {
      const found = await withHub(session, (client) => client.listConnectors());
      if (session.json) session.printJson(found);
      else
        session.print(
          formatTable(found, connectorColumns, 'None is installed yet: fibric-edge hub connectors install --help'),
        );
    },
  });

  host.add(connectors, {
    syntax: 'install <listing> [settings...]',
    summary: 'install a connector on a machine that grants it; a secret is sealed here for that machine alone',
    examples: [
      'fibric-edge hub connectors install cn-magento --tenant acme --agent packing-1 --set base_url=https://store.acme.com --secret-stdin < key.txt',
      'fibric-edge hub connectors install cn-scale-sics --tenant acme --agent packing-1 --device /dev/ttyUSB0 --name bench-scale',
    ],
    options: [
      ...tenantOptions,
      ...secretOptions,
      { flags: '--device <device>', description: 'the device, by id or path' },
      { flags: '--name <name>', description: 'what to call it (default: the listing)' },
      { flags: '--set <settings...>', description: 'settings of the listing, as key=value' },
      { flags: '--idempotency-key <key>', description: 'makes asking again safe: the same key installs once' },
    ],
    run: (session) =>
      withHub(session, async (client) => {
        const [listingId = '', ...positional] = session.words;
        const {
          device,
          name,
          set,
          idempotencyKey,
          agent: agentName,
          ...secret
        } = installOptions.parse(session.options);
        const listing = await findListing(client, listingId);
        const agent = await chooseAgent(client, agentName);
        const config = await configOf(client, listing, device, [...positional, ...set]);
        const given = await credentialsOf(session, agent, listing, secret);
        const into = { verb: 'connector.install' as const, target: listing.id, name, config };
        const installed = await client.installConnector(
          {
            listing: listing.id,
            auth: await sealForAgent(agent, given, into),
            // The hub needs no `agent` where it has the device.
            config: device === undefined ? { ...config, agent: agent.id } : config,
            ...(name === undefined ? {} : { name }),
          },
          { idempotencyKey: idempotencyKey ?? `cli-${randomUUID()}`, signal: session.signal },
        );
        if (session.json) return session.printJson(installed);
        session.print(
          `Installed ${installed.name} (${installed.id}) on ${agent.name}: ${installed.capabilities.join(', ')}. Status: ${installed.status}.`,
        );
        if (installed.price !== undefined) session.print(`Price: ${formatPrice(installed.price)}.`);
        session.note('Its side effects are denied until they are allowed at the machine.');
      }),
  });

  host.add(connectors, {
    syntax: 'set <name>',
    summary: 'change name, settings or credentials of a connector on a machine that grants care',
    examples: [
      'fibric-edge hub connectors set magento-us-store --tenant acme --agent packing-1 --secret-stdin < new-key.txt',
      'fibric-edge hub connectors set bench-scale --tenant acme --name dock-scale',
    ],
    options: [
      ...tenantOptions,
      ...secretOptions,
      { flags: '--name <name>', description: 'what to call it from now on' },
      { flags: '--set <settings...>', description: 'settings of the listing, as key=value' },
    ],
    run: (session) =>
      withHub(session, async (client) => {
        const { name, set, agent: agentName, ...secret } = setOptions.parse(session.options);
        const { id, listing: listingId } = await findConnector(client, session.words[0] ?? '');
        const listing = await findListing(client, listingId);
        const config = set.length === 0 ? undefined : typedValues(splitPairs(set), listing.config_schema);
        const rotates = secret.secretStdin || secret.username !== undefined || (name === undefined && set.length === 0);
        const agent = rotates ? await chooseAgent(client, agentName) : null;
        const auth =
          agent === null
            ? null
            : await sealForAgent(agent, await credentialsOf(session, agent, listing, secret), {
                verb: 'connector.update',
                target: id,
                name,
                config,
              });
        const changed = await client.updateConnector(id, {
          ...(name === undefined ? {} : { name }),
          ...(config === undefined ? {} : { config }),
          ...(auth === null ? {} : { auth }),
        });
        if (session.json) session.printJson(changed);
        else
          session.print(
            formatFacts({
              name: changed.name,
              status: changed.status,
              credentials: credentialsText(changed.auth),
              settings: JSON.stringify(changed.config),
            }),
          );
      }),
  });

  host.add(connectors, {
    syntax: 'remove <name>',
    aliases: ['uninstall'],
    summary: 'uninstall a connector from its machine; its journal and tests stay there',
    examples: ['fibric-edge hub connectors remove magento-us-store --tenant acme --yes'],
    options: [...tenantOptions, { flags: '--yes', description: 'do not ask' }],
    run: (session) =>
      withHub(session, async (client) => {
        const { id, name, listing } = await findConnector(client, session.words[0] ?? '');
        const { yes } = removeOptions.parse(session.options);
        if (!yes && !(await session.confirm(`Uninstall ${name} (${listing}) from its machine?`))) {
          session.note('Nothing was changed.');
          return exitCodes.failure;
        }
        const removed = await client.removeConnector(id);
        if (session.json) session.printJson(removed);
        else session.print(`${name} is uninstalled.`);
        return exitCodes.ok;
      }),
  });
};

async function chooseAgent(client: ApiClient, nameOrId: string | undefined): Promise<AgentObject> {
  if (nameOrId !== undefined) return findAgent(client, nameOrId);
  const active = (await client.listAgents()).filter(({ state }) => state !== 'revoked');
  const [only] = active;
  if (only !== undefined && active.length === 1) return only;
  throw new AgentError('missing_parameter', 'Say on which machine: --agent NAME.', {
    hint: `There are: ${active.map(({ name }) => name).join(', ') || 'none'}.`,
  });
}

/** Nobody is asked for a secret that can't be sealed. */
async function credentialsOf(
  session: Parameters<typeof credentialsFor>[0],
  agent: AgentObject,
  listing: Parameters<typeof credentialsFor>[1],
  { secretStdin, username, keyWords }: Omit<z.output<typeof setOptions>, 'agent' | 'name' | 'set'>,
) {
  if (listing.auth.type === 'api_key' || listing.auth.type === 'basic') requireSealing(agent, keyWords);
  return credentialsFor(session, listing, { keyStdin: secretStdin, username }, '--secret-stdin');
}

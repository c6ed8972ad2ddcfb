import { z } from 'zod';
import { AgentError } from '../../../../drivers/kit/index.ts';
import type { ApiClient } from '../../../api/client.ts';
import type { AgentObject } from '../../../api/schemas/index.ts';
import type { AddCommands } from '../../cli.ts';
import { exitCodes } from '../../exit-codes.ts';
import { grantWords } from '../../grant-options.ts';
import { formatTable } from '../../table.ts';
import { tenantOptions, withHub } from './hub-session.ts';

const revokeOptions = z.object({ yes: z.boolean().default(false) });

/** `hub agents`: the machines of a tenant. */
export const addHubAgents: AddCommands = (hub, host) => {
  const agents = host.group(hub, 'agents', 'paired machines', ['agent']);
  host.add(agents, {
    syntax: 'list',
    isDefault: true,
    summary: 'list the paired machines with their state',
    examples: ['fibric-edge hub agents list --tenant acme'],
    options: tenantOptions,
    async run(session) {
      const found = await withHub(session, (client) => client.listAgents());
      if (session.json) session.printJson(found);
      else session.print(formatTable(found, columns, 'None is paired yet. On a machine: fibric-edge pair ORIGIN'));
    },
  });
  host.add(agents, {
    syntax: 'revoke <agent>',
    summary: 'end a pairing for good, by name or id; the machine goes on working locally',
    examples: ['fibric-edge hub agents revoke packing-1 --tenant acme'],
    options: [...tenantOptions, { flags: '--yes', description: 'do not ask' }],
    async run(session) {
      const {
        words: [nameOrId = ''],
        json,
        print,
        printJson,
        note,
        confirm,
      } = session;
      return withHub(session, async (client) => {
        const { id, name } = await findAgent(client, nameOrId);
        const sure =
          revokeOptions.parse(session.options).yes || (await confirm(`End the pairing of ${name} for good?`));
        if (!sure) {
          note('Nothing was changed.');
          return exitCodes.failure;
        }
        const revoked = await client.revokeAgent(id);
        if (json) printJson(revoked);
        else print(`${name} is revoked; its link has ended.`);
        return exitCodes.ok;
      });
    },
  });
};

/** The agent of that name or id, revoked ones by id only. Rejects with `not_found`. */
export async function findAgent(client: ApiClient, nameOrId: string): Promise<AgentObject> {
  const agents = await client.listAgents();
  const active = agents.filter(({ state }) => state !== 'revoked');
  const found = active.find(({ name }) => name === nameOrId) ?? agents.find(({ id }) => id === nameOrId);
  if (found !== undefined) return found;
  throw new AgentError('not_found', `There is no agent ${JSON.stringify(nameOrId)} here.`, {
    hint: `There are: ${active.map(({ name }) => name).join(', ') || 'none'}.`,
  });
}

const columns = [
  { heading: 'id', value: ({ id }: AgentObject) => id },
  { heading: 'name', value: ({ name }: AgentObject) => name },
  { heading: 'state', value: ({ state }: AgentObject) => state },
  { heading: 'version', value: ({ version }: AgentObject) => version },
  { heading: 'connectors', value: ({ connectors }: AgentObject) => connectors },
  { heading: 'devices', value: ({ devices }: AgentObject) => devices },
  { heading: 'may', value: ({ grants }: AgentObject) => grantWords(grants) },
  { heading: 'last seen', value: ({ last_seen_at }: AgentObject) => last_seen_at },
];

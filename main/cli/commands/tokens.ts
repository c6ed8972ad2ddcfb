import { z } from 'zod';
import { AgentError } from '../../../drivers/kit/index.ts';
import type { ApiClient } from '../../api/client.ts';
import { scopes, type TokenBody, type TokenObject } from '../../api/schemas/index.ts';
import type { AddCommands } from '../cli.ts';
import { parseDurationMs } from '../duration.ts';
import { findConnector } from '../find.ts';
import { formatTable } from '../table.ts';

const createOptions = z.object({
  name: z.string().optional(),
  scopes: z.string().optional(),
  connectors: z.string().optional(),
  tools: z.string().optional(),
  expiresIn: z.string().optional(),
});

/** `tokens`: what other programs on this machine come in with. */
export const addTokens: AddCommands = (program, host) => {
  const tokens = host.group(program, 'tokens', 'bearer tokens for other programs', ['token']);

  host.add(tokens, {
    syntax: 'create',
    summary: 'make a token; it is shown once',
    examples: [
      'fibric-edge tokens create --name assistant --scopes tools:read',
      'fibric-edge tokens create --name packing --scopes tools:read,tools:act --connectors gate --tools relay.set --expires-in 30d',
    ],
    options: [
      { flags: '--name <name>', description: 'who it is for' },
      { flags: '--scopes <list>', description: `separated by commas: ${scopes.join(', ')}` },
      { flags: '--connectors <list>', description: 'only these connectors, by name or id' },
      { flags: '--tools <list>', description: 'only these tools' },
      { flags: '--expires-in <duration>', description: 'for example 30d or 12h (default: 90d)' },
    ],
    async run({ client, options, json, print, printJson, note }) {
      const created = await client.createToken(await bodyOf(client, createOptions.parse(options)));
      const { id, name, token, expires_at } = created;
      if (json) return printJson({ id, name, token, scopes: created.scopes, expires_at });
      print(token ?? '');
      note(
        `Token ${id} for ${name}, until ${expires_at}. It is not shown again: keep it where only ${name} can read it.`,
      );
    },
  });

  host.add(tokens, {
    syntax: 'list',
    isDefault: true,
    summary: 'list the tokens, without their secrets',
    examples: ['fibric-edge tokens list'],
    async run({ client, json, print, printJson }) {
      const found = await client.listTokens();
      if (json) printJson(found);
      else print(formatTable(found, columns, 'No token was made yet.'));
    },
  });

  host.add(tokens, {
    syntax: 'revoke <token>',
    summary: 'end a token, by id or name, and close its streams',
    examples: ['fibric-edge tokens revoke assistant'],
    async run({ client, words: [idOrName = ''], json, print, printJson }) {
      const revoked = await client.revokeToken(await tokenId(client, idOrName));
      if (json) printJson(revoked);
      else print(`${revoked.name} (${revoked.id}) is revoked.`);
    },
  });
};

async function bodyOf(client: ApiClient, given: z.output<typeof createOptions>): Promise<TokenBody> {
  if (given.name === undefined) throw missing('--name', 'Say who it is for.');
  if (given.scopes === undefined) throw missing('--scopes', 'To read: tools:read. To act: tools:act.');
  const connectors = given.connectors?.split(',');
  const ids = connectors && (await Promise.all(connectors.map(async (name) => (await findConnector(client, name)).id)));
  return {
    name: given.name,
    scopes: given.scopes.split(',').map(scopeOf),
    ...(ids === undefined ? {} : { connectors: ids }),
    ...(given.tools === undefined ? {} : { tools: given.tools.split(',') }),
    ...(given.expiresIn === undefined ? {} : { expires_in_ms: parseDurationMs('--expires-in', given.expiresIn) }),
  };
}

function scopeOf(text: string): TokenBody['scopes'][number] {
  const known = scopes.find((scope) => scope === text.trim());
  if (known !== undefined) return known;
  throw new AgentError('invalid_parameter', `There is no scope ${JSON.stringify(text)}.`, {
    hint: `There are: ${scopes.join(', ')}.`,
  });
}

async function tokenId(client: ApiClient, idOrName: string): Promise<string> {
  const tokens = await client.listTokens();
  const named = tokens.filter((token) => token.name === idOrName && token.revoked_at === null);
  if (tokens.some(({ id }) => id === idOrName) || named.length === 0) return idOrName;
  const [only, another] = named;
  if (only !== undefined && another === undefined) return only.id;
  throw new AgentError('invalid_parameter', `Several tokens are named ${idOrName}.`, {
    hint: `Name one by its id: ${named.map(({ id }) => id).join(', ')}.`,
  });
}

const columns = [
  { heading: 'id', value: ({ id }: TokenObject) => id },
  { heading: 'name', value: ({ name }: TokenObject) => name },
  { heading: 'scopes', value: (token: TokenObject) => token.scopes.join(', ') },
  {
    heading: 'limited to',
    value: ({ connectors, tools }: TokenObject) => [...(connectors ?? []), ...(tools ?? [])].join(', '),
  },
  {
    heading: 'state',
    value: (token: TokenObject) => (token.revoked_at === null ? `until ${token.expires_at}` : 'revoked'),
  },
  { heading: 'last used', value: (token: TokenObject) => token.last_used_at },
];

function missing(option: string, hint: string): AgentError {
  return new AgentError('missing_parameter', `${option} is missing.`, { hint });
}

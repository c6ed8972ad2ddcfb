import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { z } from 'zod';
import { AgentError } from '../../../drivers/kit/index.ts';
import { serviceRuntimeFolder } from '../../api/local-socket.ts';
import type { TokenBody } from '../../api/schemas/index.ts';
import type { CommandDefinition, Session } from '../cli.ts';
import { exitCodes } from '../exit-codes.ts';
import { findConnector } from '../find.ts';
import { addServer, clientFile, writeChange } from '../mcp/client-file.ts';
import { type McpClient, mcpClients } from '../mcp/clients.table.ts';

const optionsSchema = z.object({
  print: z.boolean().default(false),
  readOnly: z.boolean().default(false),
  http: z.url({ protocol: /^https?$/ }).optional(),
  file: z.string().optional(),
  yes: z.boolean().default(false),
});
type Options = z.output<typeof optionsSchema>;

const ids = mcpClients.map(({ id }) => id).join(', ');

/** `mcp config`: tells an MCP client of the devices. */
export const mcpConfig: CommandDefinition = {
  syntax: 'config <client> [name]',
  summary: `write the configuration of an MCP client (${ids})`,
  examples: [
    'fibric-edge mcp config claude-desktop',
    'fibric-edge mcp config vscode bench-scale --read-only',
    'fibric-edge mcp config generic --print',
  ],
  options: [
    { flags: '--print', description: 'only print it; changes no file' },
    { flags: '--read-only', description: 'only tools that change nothing' },
    {
      flags: '--http <url>',
      description:
        'over HTTP at this address of the agent, with a token that then rests in the file; by default none does',
    },
    { flags: '--file <path>', description: 'another file than the usual one' },
    { flags: '--yes', description: 'do not ask before the file is changed' },
  ],
  async run(session) {
    const { words, json, environment, print, printJson, note, confirm } = session;
    const [clientId = '', connectorName] = words;
    const options = optionsSchema.parse(session.options);
    const client = mcpClients.find(({ id }) => id === clientId);
    if (client === undefined) {
      throw new AgentError('invalid_parameter', `${clientId} is no client that is known here.`, {
        hint: `One of: ${ids}. For any other: fibric-edge mcp config generic`,
      });
    }
    if (options.http !== undefined && client.http === null) {
      throw new AgentError('not_supported', `${client.title} takes no address in its file.`, {
        hint: 'Leave out --http: it starts the command itself, and no token is needed.',
      });
    }
    const connector = connectorName === undefined ? null : await findConnector(session.client, connectorName);
    const name = connector === null ? 'fibric-edge' : `fibric-edge-${connector.name}`;
    const onlyPrint = options.print || (client.file === null && options.file === undefined);
    if (onlyPrint) {
      const entry = await entryFor(session, client, connector, options);
      const shown = { [client.member]: { [name]: entry } };
      if (json) printJson(shown);
      else print(JSON.stringify(shown, null, 2));
      note(client.afterwards);
      return exitCodes.ok;
    }
    const home = environment.variables['HOME'] ?? homedir();
    const system = { platform: process.platform, home, variables: environment.variables };
    const file = options.file === undefined ? clientFile(client, system) : resolve(options.file);
    // Before anything is asked or made: whether the file can be changed at all.
    const first = addServer(file, client.member, name, startEntry(client, connector?.name ?? null, session, options));
    if (options.http === undefined && first.before !== null && first.before.trim() === first.after.trim()) {
      if (json) printJson({ file, changed: false, backup: null, server: name });
      else print(`${file} has it already.`);
      return exitCodes.ok;
    }
    const question =
      first.before === null
        ? `Create ${file} for ${client.title}?`
        : `${first.replaces ? `Replace "${name}"` : `Add "${name}"`} in ${file}? A copy of the file is kept beside it.`;
    if (!options.yes && !(await confirm(question))) {
      note('Nothing was changed.');
      return exitCodes.refused;
    }
    const entry = await entryFor(session, client, connector, options);
    const backup = writeChange(addServer(file, client.member, name, entry), new Date(), options.http !== undefined);
    if (json) printJson({ file, changed: true, backup, server: name });
    else {
      print(`${client.title} knows "${name}" now (${file}).`);
      if (backup !== null) print(`What was there before: ${backup}`);
      note(client.afterwards);
    }
    return exitCodes.ok;
  },
};

type Chosen = { readonly id: string; readonly name: string } | null;

async function entryFor(session: Session, client: McpClient, connector: Chosen, options: Options): Promise<object> {
  if (options.http === undefined || client.http === null) {
    return startEntry(client, connector?.name ?? null, session, options);
  }
  const scopes: TokenBody['scopes'] = options.readOnly ? ['tools:read'] : ['tools:read', 'tools:act'];
  const { token } = await session.client.createToken({
    name: `mcp ${client.id}`,
    scopes,
    ...(connector === null ? {} : { connectors: [connector.id] }),
  });
  session.note(
    'A token was made for it, and rests in that file: keep the file to yourself. See: fibric-edge tokens list',
  );
  return client.http(`${options.http.replace(/\/+$/, '')}/mcp${connector === null ? '' : `/${connector.id}`}`, {
    Authorization: `Bearer ${token}`,
  });
}

/** The entry that starts us, by full paths: a desktop starts its programs with a PATH of its own. */
function startEntry(
  client: McpClient,
  connector: string | null,
  { folder, socket }: Session,
  { readOnly }: Options,
): object {
  // The service's agent is found without a word; its data folder is none of this user's business.
  const isService = socket().startsWith(`${serviceRuntimeFolder}/`);
  return client.command(process.execPath, [
    process.argv[1] ?? 'fibric-edge',
    'mcp',
    'serve',
    ...(connector === null ? [] : [connector]),
    ...(isService ? [] : ['--data', folder]),
    ...(readOnly ? ['--read-only'] : []),
  ]);
}

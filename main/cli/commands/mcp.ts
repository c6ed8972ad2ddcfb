import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { z } from 'zod';
import type { CommandHost } from '../cli.ts';
import { findConnector } from '../find.ts';
import { createAgentConnection } from '../mcp/agent-connection.ts';
import { relayMcp } from '../mcp/relay.ts';
import { serverJson } from '../mcp/server-json.ts';
import { mcpConfig } from './mcp-config.ts';

const optionsSchema = z.object({ readOnly: z.boolean().default(false) });

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 30_000;

/** `mcp`: the connectors as an MCP server on standard input and output, for clients that start one. */
export function addMcp(program: Command, host: CommandHost): void {
  const mcp = host.group(program, 'mcp', 'the devices as tools for MCP clients');
  host.add(mcp, {
    syntax: 'serve [name]',
    isDefault: true,
    summary: 'serve one connector (or all) to the MCP client that starts this; talks to the running agent',
    examples: ['fibric-edge mcp', 'fibric-edge mcp bench-scale', 'fibric-edge mcp serve bench-scale --read-only'],
    options: [{ flags: '--read-only', description: 'only tools that change nothing' }],
    async run({ words: [name], options, socket, client, signal, environment, note }) {
      const { readOnly } = optionsSchema.parse(options);
      // Also learns whether an agent runs, before the client is answered anything.
      const path = name === undefined ? '/mcp' : `/mcp/${(await findConnector(client, name)).id}`;
      if (name === undefined) await client.getHealth();
      if (environment.stdin.isTTY === true) {
        note('This speaks MCP on standard input and output, for a client that starts it. Ctrl-D ends it.');
        note('To tell a client of it: fibric-edge mcp config <client>');
      }
      const connection = createAgentConnection(
        { socketPath: socket() },
        path,
        readOnly ? { 'Fibric-Edge-Read-Only': 'true' } : {},
      );
      try {
        await relayMcp({
          connection,
          input: environment.stdin,
          output: environment.stdout,
          note,
          signal,
          pause: (attempt, aborted) =>
            sleep(Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (attempt - 1)), undefined, {
              signal: aborted,
            }).catch(() => {}),
        });
      } finally {
        connection.close();
      }
    },
  });
  host.add(mcp, mcpConfig);
  host.add(mcp, {
    syntax: 'describe <name>',
    summary: 'print a connector as server.json, as catalogues of MCP servers take it',
    examples: ['fibric-edge mcp describe bench-scale > server.json'],
    async run({ words: [name = ''], client, json, print, printJson }) {
      const { id } = await findConnector(client, name);
      const [connector, { version }] = await Promise.all([client.getConnector(id), client.getHealth()]);
      const described = serverJson(connector, version);
      if (json) printJson(described);
      else print(JSON.stringify(described, null, 2));
    },
  });
}

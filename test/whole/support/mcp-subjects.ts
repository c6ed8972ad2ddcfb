import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { createMCPClient } from '@ai-sdk/mcp';
import { Experimental_StdioMCPTransport as IndependentStdio } from '@ai-sdk/mcp/mcp-stdio';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { Client as FormerClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport as FormerStdio } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport as FormerHttp } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { launcher } from './ready-process.ts';

/** How a client reaches the agent: a token over HTTP, or the command that it starts itself. */
export type Way =
  | { readonly type: 'http'; readonly url: string; readonly token: string }
  | { readonly type: 'stdio'; readonly dataDir: string };

/** What a client gets from a call, as far as these tests look. */
export interface CallAnswer {
  readonly isError?: boolean | undefined;
  readonly structuredContent?: unknown;
}

/** One kind of MCP client, connected. What it has no means for is null. */
export interface Subject {
  toolNames(): Promise<readonly string[]>;
  promptNames(): Promise<readonly string[]>;
  resourceUris(): Promise<readonly string[]>;
  /** The text of a resource. */
  read(uri: string): Promise<string>;
  call(name: string, args: Record<string, unknown>): Promise<CallAnswer>;
  /** Calls, and leaves the call when `signal` aborts; rejects then. */
  readonly callUntil: ((name: string, args: Record<string, unknown>, signal: AbortSignal) => Promise<unknown>) | null;
  /** Calls and tells each progress. */
  readonly callTelling:
    | ((name: string, args: Record<string, unknown>, onProgress: (progress: number) => void) => Promise<CallAnswer>)
    | null;
  /** Hears of each change of a resource from when it resolves. */
  readonly listen: ((uri: string, onChange: () => void) => Promise<void>) | null;
  close(): Promise<void>;
}

const information = { name: 'edge-test', version: '1.0.0' };
const command = (dataDir: string) => ({ command: process.execPath, args: [launcher, 'mcp', '--data', dataDir] });
const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });
const textOf = (contents: readonly object[]) => {
  const [first] = contents;
  return first !== undefined && 'text' in first && typeof first.text === 'string' ? first.text : '';
};

/** The client of the present SDK, on the current revision or the one before. */
export async function presentSdk(way: Way, mode: 'auto' | 'legacy'): Promise<Subject> {
  const client = new Client(information, { versionNegotiation: { mode } });
  await client.connect(
    way.type === 'http'
      ? new StreamableHTTPClientTransport(new URL(way.url), { requestInit: { headers: bearer(way.token) } })
      : new StdioClientTransport({ ...command(way.dataDir), stderr: 'inherit' }),
  );
  return {
    toolNames: async () => (await client.listTools()).tools.map(({ name }) => name),
    promptNames: async () => (await client.listPrompts()).prompts.map(({ name }) => name),
    resourceUris: async () => (await client.listResources()).resources.map(({ uri }) => uri),
    read: async (uri) => textOf((await client.readResource({ uri })).contents),
    call: (name, args) => client.callTool({ name, arguments: args }),
    callUntil: (name, args, signal) => client.callTool({ name, arguments: args }, { signal }),
    callTelling: (name, args, onProgress) =>
      client.callTool({ name, arguments: args }, { onprogress: ({ progress }) => onProgress(progress) }),
    async listen(uri, onChange) {
      client.setNotificationHandler('notifications/resources/updated', ({ params }) => {
        if (params.uri === uri) onChange();
      });
      if (mode === 'auto') await client.listen({ resourceSubscriptions: [uri] });
      else await client.subscribeResource({ uri });
    },
    close: () => client.close(),
  };
}

/** The client of the 1.x SDK. */
export async function formerSdk(way: Way): Promise<Subject> {
  const client = new FormerClient(information);
  await client.connect(
    way.type === 'http'
      ? new FormerHttp(new URL(way.url), { requestInit: { headers: bearer(way.token) } })
      : new FormerStdio({ ...command(way.dataDir), stderr: 'inherit' }),
  );
  return {
    toolNames: async () => (await client.listTools()).tools.map(({ name }) => name),
    promptNames: async () => (await client.listPrompts()).prompts.map(({ name }) => name),
    resourceUris: async () => (await client.listResources()).resources.map(({ uri }) => uri),
    read: async (uri) => textOf((await client.readResource({ uri })).contents),
    call: async (name, args) => asAnswer(await client.callTool({ name, arguments: args })),
    callUntil: (name, args, signal) => client.callTool({ name, arguments: args }, undefined, { signal }),
    callTelling: async (name, args, onProgress) =>
      asAnswer(
        await client.callTool({ name, arguments: args }, undefined, {
          onprogress: ({ progress }) => onProgress(progress),
        }),
      ),
    async listen(uri, onChange) {
      client.fallbackNotificationHandler = async ({ method, params }) => {
        if (method === 'notifications/resources/updated' && params?.['uri'] === uri) onChange();
      };
      await client.subscribeResource({ uri });
    },
    close: () => client.close(),
  };
}

/** An implementation of the protocol that shares no code with the SDK's. It knows neither progress nor subscriptions. */
export async function independent(way: Way): Promise<Subject> {
  const client = await createMCPClient({
    transport:
      way.type === 'http'
        ? { type: 'http', url: way.url, headers: bearer(way.token) }
        : new IndependentStdio({ ...command(way.dataDir), stderr: 'inherit' }),
  });
  return {
    toolNames: async () => (await client.listTools()).tools.map(({ name }) => name),
    promptNames: async () => (await client.listPrompts()).prompts.map(({ name }) => name),
    resourceUris: async () => (await client.listResources()).resources.map(({ uri }) => uri),
    read: async (uri) => textOf((await client.readResource({ uri })).contents),
    call: async (name, args) => asAnswer(await client.callTool({ name, arguments: args })),
    callUntil: (name, args, signal) => client.callTool({ name, arguments: args, options: { signal } }),
    callTelling: null,
    listen: null,
    close: () => client.close(),
  };
}

/** The inspector on the command line: one process a request, so that it can follow nothing. */
export async function inspector(way: Way): Promise<Subject> {
  const manifest = createRequire(import.meta.url).resolve('@modelcontextprotocol/inspector/package.json');
  const { bin }: { bin: Record<string, string> } = createRequire(import.meta.url)(manifest);
  const program = join(dirname(manifest), bin['mcp-inspector'] ?? '');
  const target =
    way.type === 'http'
      ? [way.url, '--transport', 'http', '--header', `Authorization: ${bearer(way.token).Authorization}`]
      : [command(way.dataDir).command, ...command(way.dataDir).args];
  const ask = async (...args: readonly string[]): Promise<Record<string, never>> => {
    const { stdout } = await promisify(execFile)(process.execPath, [program, '--cli', ...target, ...args]);
    return JSON.parse(stdout);
  };
  const names = (items: readonly { readonly name: string }[]) => items.map(({ name }) => name);
  return {
    toolNames: async () => names((await ask('--method', 'tools/list'))['tools'] ?? []),
    promptNames: async () => names((await ask('--method', 'prompts/list'))['prompts'] ?? []),
    resourceUris: async () =>
      ((await ask('--method', 'resources/list'))['resources'] ?? ([] as readonly { uri: string }[])).map(
        ({ uri }: { uri: string }) => uri,
      ),
    read: async (uri) => textOf((await ask('--method', 'resources/read', '--uri', uri))['contents'] ?? []),
    call: (name, args) =>
      ask(
        '--method',
        'tools/call',
        '--tool-name',
        name,
        ...Object.entries(args).flatMap(([key, value]) => ['--tool-arg', `${key}=${JSON.stringify(value)}`]),
      ),
    callUntil: null,
    callTelling: null,
    listen: null,
    close: async () => {},
  };
}

function asAnswer(result: { readonly [key: string]: unknown }): CallAnswer {
  return { isError: result['isError'] === true, structuredContent: result['structuredContent'] };
}

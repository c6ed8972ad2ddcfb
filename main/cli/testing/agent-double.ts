import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import express from 'express';
import { type ConnectorsBackend, createApiRouter, type Principal, scopes } from '../../api/index.ts';
import type { Environment } from '../environment.ts';
import { runCommandLine } from '../main.ts';
import { createBackendDouble } from './backend-double.ts';

const localAdmin: Principal = {
  id: 'local-admin',
  kind: 'local-admin',
  name: 'local-admin',
  scopes: new Set(scopes),
  local: true,
  connectors: null,
  tools: null,
  ended: new AbortController().signal,
};

/** What comes in on standard input. Typed text is given a line for each question, as a person does. */
export type Input =
  | { readonly kind: 'typed'; readonly lines: readonly string[] }
  | { readonly kind: 'piped'; readonly text: string };

/** What stands in `err` where the terminal begins and ends to show nothing of what is typed. */
const RAW_ON = '<raw>';
const RAW_OFF = '</raw>';

/** What a command line did. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** The real API over a real socket in a data folder of its own, with a backend that a test gives. */
export interface AgentDouble {
  readonly folder: string;
  /** Runs a command line on it. */
  run(...argv: readonly string[]): Promise<Ran>;
  /** Runs one that is ended by Ctrl-C; `onOutput` sees all it printed so far and may call `interrupt`. */
  runUntil(onOutput: (out: string, interrupt: () => void) => void, ...argv: readonly string[]): Promise<Ran>;
  /** Runs one with this on standard input: typed at a terminal, or piped in. */
  runWith(input: Input, ...argv: readonly string[]): Promise<Ran>;
  /** Cuts every connection, as an agent does that is killed. */
  dropConnections(): void;
  close(): Promise<void>;
}

/** Starts an {@link AgentDouble}. */
export async function startAgentDouble(backend: Partial<ConnectorsBackend>): Promise<AgentDouble> {
  const folder = mkdtempSync(join(tmpdir(), 'fe-cli-'));
  mkdirSync(join(folder, 'run'));
  const app = express();
  app.use(
    '/v1',
    createApiRouter({
      backend: createBackendDouble(backend),
      authenticate: () => localAdmin,
      idempotency: { get: async () => null, put: async () => {}, purge: async () => {} },
      hmacKey: async () => Buffer.alloc(32),
    }),
  );
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(join(folder, 'run', 'agent.sock'), resolve));
  const runUntil: AgentDouble['runUntil'] = (onOutput, ...argv) => runIn(folder, argv, onOutput);
  return {
    folder,
    runUntil,
    runWith: (input, ...argv) => runIn(folder, argv, () => {}, input),
    run: (...argv) => runUntil(() => {}, ...argv),
    dropConnections: () => server.closeAllConnections(),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Runs a command line with `--data folder`, away from this process's streams. */
export async function runIn(
  folder: string,
  argv: readonly string[],
  onOutput: (out: string, interrupt: () => void) => void = () => {},
  input?: Input,
): Promise<Ran> {
  const texts = { out: '', err: '' };
  const listeners = new Set<() => void>();
  const interrupt = () => {
    for (const listener of listeners) listener();
  };
  const stdin = new PassThrough();
  if (input?.kind === 'piped') stdin.end(input.text);
  const lines = [...(input?.kind === 'typed' ? input.lines : [])];
  const collect = (name: keyof typeof texts) =>
    new PassThrough().on('data', (chunk) => {
      texts[name] += String(chunk);
      onOutput(texts.out, interrupt);
      // A question ends without a line's end; what is typed comes after it.
      if (name === 'err' && input?.kind === 'typed' && /[:\]] $/.test(String(chunk)) && lines.length > 0) {
        setImmediate(() => stdin.write(`${lines.shift() ?? ''}\r\n`));
      }
    });
  const environment: Environment = {
    variables: { HOME: folder },
    stdin: Object.assign(stdin, {
      isTTY: input?.kind === 'typed',
      setRawMode(on: boolean) {
        texts.err += on ? RAW_ON : RAW_OFF;
      },
    }),
    stdout: collect('out'),
    stderr: collect('err'),
    onInterrupt(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
  const code = await runCommandLine([...argv, '--data', folder], { environment, version: '0.1.0' });
  return { code, ...texts };
}

import type { Command } from 'commander';
import type { AgentError, JsonObject } from '../../drivers/kit/index.ts';
import { type ApiClient, createApiClient } from '../api/client.ts';
import { dataFolder, findAgentSocket } from '../api/local-socket.ts';
import { askLine } from './ask.ts';
import type { Environment } from './environment.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';

/** What a command works with while it runs. */
export interface Session {
  /** The positional words, in order; variadic ones flattened at the end. */
  readonly words: readonly string[];
  /** As commander read them; to be parsed by zod. */
  readonly options: unknown;
  readonly json: boolean;
  readonly folder: string;
  /** The local socket of the agent that is meant. Throws `invalid_parameter` for a path that no socket can have. */
  socket(): string;
  readonly environment: Environment;
  /** Aborts on Ctrl-C, once the command began to talk to the agent. */
  readonly signal: AbortSignal;
  /** The agent's API over its local socket; closed when the command ends. */
  readonly client: ApiClient;
  /** One line (or several) on standard output. */
  print(text: string): void;
  /** One JSON document on standard output, on a line of its own. */
  printJson(value: object): void;
  /** Something for people only, on standard error. */
  note(text: string): void;
  /** Whether the person says yes. Throws `invalid_parameter` when there is nobody to ask. */
  confirm(question: string): Promise<boolean>;
}

/** One command: how it is called, what it says of itself, and what it does. */
export interface CommandDefinition {
  /** As commander writes it: `show <name>`. */
  readonly syntax: string;
  readonly aliases?: readonly string[];
  /** Runs when its group is named alone. */
  readonly isDefault?: boolean;
  readonly summary: string;
  /** Full command lines, each shown in the help. */
  readonly examples: readonly [string, ...string[]];
  readonly options?: readonly { readonly flags: string; readonly description: string }[];
  /** Resolves with the exit code; nothing means `ok`. */
  readonly run: (session: Session) => Promise<ExitCode | undefined> | Promise<void>;
}

/** Puts commands under a program, and tells how the one that ran ended. */
export interface CommandHost {
  add(parent: Command, definition: CommandDefinition): void;
  /** A command that only holds others. */
  group(parent: Command, name: string, summary: string, aliases?: readonly string[]): Command;
  /** The exit code of the command that ran; `ok` when none did. */
  exitCode(): ExitCode;
  /** Whether the command that ran was asked for JSON. */
  json(): boolean;
}

/** Adds one or more commands to the program. */
export type AddCommands = (program: Command, host: CommandHost) => void;

/** Makes a host in that environment. */
export function createCommandHost(environment: Environment): CommandHost {
  let exitCode: ExitCode = exitCodes.ok;
  let json = false;
  return {
    add(parent, { syntax, aliases = [], isDefault = false, summary, examples, options = [], run }) {
      const command = parent
        .command(syntax, { isDefault })
        .description(summary)
        .aliases([...aliases]);
      for (const { flags, description } of options) command.option(flags, description);
      command.option('--data <folder>', 'the data folder of the agent');
      command.option('--json', 'answer in JSON');
      command.addHelpText('after', `\nExamples:\n${examples.map((line) => `  $ ${line}`).join('\n')}`);
      command.action(async () => {
        const { data, json: wantsJson } = command.opts<{ data?: string; json?: boolean }>();
        json = wantsJson === true;
        const session = openSession(environment, command, data, json);
        try {
          exitCode = (await run(session.session)) ?? exitCodes.ok;
        } finally {
          session.close();
        }
      });
    },
    group: (parent, name, summary, aliases = []) =>
      parent
        .command(name)
        .description(summary)
        .aliases([...aliases]),
    exitCode: () => exitCode,
    json: () => json,
  };
}

function openSession(environment: Environment, command: Command, data: string | undefined, json: boolean) {
  const folder = dataFolder(data, environment.variables);
  const socket = () => findAgentSocket(data, environment.variables);
  const abort = new AbortController();
  let client: ApiClient | null = null;
  let stopListening = () => {};
  const session: Session = {
    words: command.processedArgs.flat().filter((word: unknown) => typeof word === 'string'),
    options: command.opts(),
    json,
    folder,
    socket,
    environment,
    signal: abort.signal,
    get client() {
      if (client === null) {
        client = createApiClient({ socketPath: socket() });
        stopListening = environment.onInterrupt(() => abort.abort());
      }
      return client;
    },
    print: (text) => void environment.stdout.write(`${text}\n`),
    printJson: (value) => void environment.stdout.write(`${JSON.stringify(value)}\n`),
    note: (text) => void environment.stderr.write(`${text}\n`),
    confirm: (question) => confirm(environment, question, abort.signal),
  };
  return {
    session,
    close() {
      stopListening();
      client?.close();
    },
  };
}

async function confirm(environment: Environment, question: string, signal: AbortSignal): Promise<boolean> {
  return /^y(es)?$/i.test(await askLine(environment, `${question} [y/N]`, 'Add --yes.', signal));
}

/** An error as a script reads it. */
export function errorJson({ code, message, hint, details }: AgentError): JsonObject {
  return { error: { code, message, ...(hint === undefined ? {} : { hint }), details } };
}

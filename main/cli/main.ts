import { Command, CommanderError } from 'commander';
import { AgentError } from '../../drivers/kit/index.ts';
import { type AddCommands, createCommandHost, errorJson } from './cli.ts';
import { addApprovals } from './commands/approvals.ts';
import { addCall } from './commands/call.ts';
import { addCapabilities } from './commands/capabilities.ts';
import { addCloud } from './commands/cloud.ts';
import { addConfig } from './commands/config.ts';
import { addConnectors } from './commands/connectors.ts';
import { addDevices } from './commands/devices.ts';
import { addDoctor } from './commands/doctor.ts';
import { addHub } from './commands/hub/hub.ts';
import { addIdentify } from './commands/identify.ts';
import { addInstall } from './commands/install.ts';
import { addJournal } from './commands/journal.ts';
import { addKiosk } from './commands/kiosk.ts';
import { addListings } from './commands/listings.ts';
import { addLogs } from './commands/logs.ts';
import { addMcp } from './commands/mcp.ts';
import { addOpen } from './commands/open.ts';
import { addOperators } from './commands/operators.ts';
import { addPair } from './commands/pair.ts';
import { addPause } from './commands/pause.ts';
import { addTokens } from './commands/tokens.ts';
import { addWatch } from './commands/watch.ts';
import { type Environment, processEnvironment } from './environment.ts';
import { type ExitCode, exitCodeOf, exitCodes } from './exit-codes.ts';

/** What the command line is made of beside its own commands. */
export interface CommandLineOptions {
  /** Shown by `--version`. */
  readonly version?: string;
  /** Commands of other rooms, `run` above all; listed before the others. */
  readonly commands?: readonly AddCommands[];
  readonly environment?: Environment;
}

/** Every command but those of other rooms. */
export const ownCommands: readonly AddCommands[] = [
  addDevices,
  addIdentify,
  addListings,
  addInstall,
  addConnectors,
  addCapabilities,
  addOperators,
  addCall,
  addWatch,
  addJournal,
  addMcp,
  addApprovals,
  addCloud,
  addTokens,
  addPause,
  addKiosk,
  addPair,
  addHub,
  addLogs,
  addDoctor,
  addOpen,
  addConfig,
];

/** Runs one command line (without node and script); resolves with the exit code. Never rejects. */
export async function runCommandLine(argv: readonly string[], options: CommandLineOptions = {}): Promise<ExitCode> {
  const environment = options.environment ?? processEnvironment();
  const host = createCommandHost(environment);
  const program = new Command('fibric-edge')
    .description('Serial devices as MCP servers and Fibric connectors. Talks to the agent on this machine.')
    .version(options.version ?? 'unknown')
    .addHelpText('after', '\nExample:\n  $ fibric-edge connectors list\n\nExit codes: docs/exit-codes.md');
  // Before the commands are added, since they take these over.
  program.exitOverride().showHelpAfterError('(add --help for the options and an example)');
  program.configureOutput({
    writeOut: (text) => void environment.stdout.write(text),
    writeErr: (text) => void environment.stderr.write(text),
  });
  for (const add of [...(options.commands ?? []), ...ownCommands]) add(program, host);
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return host.exitCode();
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
    return report(AgentError.from(error), host.json(), environment);
  }
}

function report(error: AgentError, json: boolean, { stderr }: Environment): ExitCode {
  if (json) stderr.write(`${JSON.stringify(errorJson(error))}\n`);
  else stderr.write(`${error.message}\n${error.hint === undefined ? '' : `${error.hint}\n`}`);
  return exitCodeOf(error.code);
}

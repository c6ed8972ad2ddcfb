export type { CommandDefinition, CommandHost, Session } from './cli.ts';
export { dataFolder, socketPath } from './data-folder.ts';
export { type Environment, processEnvironment } from './environment.ts';
export { type ExitCode, exitCodeOf, exitCodes } from './exit-codes.ts';
export { type AddCommands, type CommandLineOptions, runCommandLine } from './main.ts';

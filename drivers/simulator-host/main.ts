import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { AgentError } from '../kit/index.ts';
import { simulatorModels } from '../simulators.ts';
import { startSimulatorHost } from './host.ts';
import { type HostSpec, hostSpecSchema } from './spec.ts';

/**
 * `node main.ts --spec FILE`: simulated devices at the far end of PTYs, in a process of their own. It reads nothing from
 * its standard input and ignores a lost terminal, so that it outlives who started it; it ends on `stop` or SIGTERM.
 * With `--until-stdin-ends` it ends with whoever holds the other end of its standard input, too.
 */
async function main(): Promise<void> {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  process.on('SIGHUP', () => {});
  const { spec, untilStdinEnds } = readArguments();
  const host = await startSimulatorHost(spec, simulatorModels);
  const end = () => void host.close();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, end);
  if (untilStdinEnds) process.stdin.on('error', end).once('close', end).resume();
  const ready = { ready: true, pid: process.pid, control_socket: spec.control_socket };
  process.stdout.write(`${JSON.stringify(ready)}\n`);
  await host.ended;
  process.stdin.destroy();
}

function readArguments(): { readonly spec: HostSpec; readonly untilStdinEnds: boolean } {
  const { spec, 'until-stdin-ends': untilStdinEnds } = parseArgs({
    options: { spec: { type: 'string' }, 'until-stdin-ends': { type: 'boolean', default: false } },
  }).values;
  if (spec === undefined) throw new AgentError('missing_parameter', 'Usage: main --spec FILE [--until-stdin-ends]');
  const parsed = hostSpecSchema.safeParse(JSON.parse(readFileSync(spec, 'utf8')));
  if (!parsed.success) {
    throw new AgentError(
      'invalid_configuration',
      `${spec} does not describe a simulator host.\n${z.prettifyError(parsed.error)}`,
    );
  }
  return { spec: parsed.data, untilStdinEnds };
}

try {
  await main();
} catch (error) {
  const text =
    error instanceof z.ZodError ? z.prettifyError(error) : error instanceof Error ? error.message : String(error);
  const hint = error instanceof AgentError && error.hint !== undefined ? `\n${error.hint}` : '';
  process.stderr.write(`${text}${hint}\n`);
  process.exitCode = 1;
}

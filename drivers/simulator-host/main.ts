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
 */
async function main(): Promise<void> {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  process.on('SIGHUP', () => {});
  const spec = readSpec();
  const host = await startSimulatorHost(spec, simulatorModels);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void host.close());
  const ready = { ready: true, pid: process.pid, control_socket: spec.control_socket };
  process.stdout.write(`${JSON.stringify(ready)}\n`);
  await host.ended;
}

function readSpec(): HostSpec {
  const { spec } = parseArgs({ options: { spec: { type: 'string' } } }).values;
  if (spec === undefined) throw new AgentError('missing_parameter', 'Usage: main --spec FILE');
  const parsed = hostSpecSchema.safeParse(JSON.parse(readFileSync(spec, 'utf8')));
  if (!parsed.success) {
    throw new AgentError(
      'invalid_configuration',
      `${spec} does not describe a simulator host.\n${z.prettifyError(parsed.error)}`,
    );
  }
  return parsed.data;
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

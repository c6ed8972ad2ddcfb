import { z } from 'zod';
import type { ToolTestResultObject } from '../../api/schemas/index.ts';
import type { AddCommands } from '../cli.ts';
import { exitCodes } from '../exit-codes.ts';
import { findConnector } from '../find.ts';

const optionsSchema = z.object({ tools: z.string().optional() });

/** `connectors test` */
export const addConnectorTest: AddCommands = (connectors, host) => {
  host.add(connectors, {
    syntax: 'test <name>',
    summary: 'test a connector: reads for real, side effects as a dry run',
    examples: ['fibric-edge connectors test bench-scale', 'fibric-edge connectors test gate --tools relay.read'],
    options: [{ flags: '--tools <list>', description: 'only these, separated by commas' }],
    async run({ client, words: [name = ''], options, signal, json, print, printJson }) {
      const tools = optionsSchema.parse(options).tools?.split(',');
      const connector = await findConnector(client, name);
      const answer = await client.testConnector(connector.id, {
        tools,
        signal,
        ...(json ? {} : { onResult: (result) => print(lineOf(result)) }),
      });
      if (json) printJson(answer);
      else print(`${connector.name}: ${answer.status}`);
      return answer.status === 'passed' ? exitCodes.ok : exitCodes.failure;
    },
  });
};

function lineOf({ tool, mode, ok, latency_ms, note, evidence, error }: ToolTestResultObject): string {
  const facts = [mode === 'dry_run' ? 'dry run' : 'live', `${Math.round(latency_ms)} ms`, note, evidence];
  const line = `${ok ? 'ok    ' : 'FAILED'}  ${tool}  (${facts.filter((fact) => fact !== undefined).join(', ')})`;
  if (error === undefined) return line;
  return `${line}\n        ${error.message}${error.hint === null ? '' : `\n        ${error.hint}`}`;
}

import { writeFileSync } from 'node:fs';
import { z } from 'zod';
import { AgentError, type ErrorCode, type JsonObject } from '../../../drivers/kit/index.ts';
import type { CallAnswer, PictureObject, ToolObject } from '../../api/schemas/index.ts';
import type { AddCommands } from '../cli.ts';
import { describeEffect, exitCodeOfEffect } from '../effect-words.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { findConnector } from '../find.ts';
import { isObject, parseJsonValue, splitPairs, typedValues } from '../key-values.ts';
import { formatFacts } from '../table.ts';

const optionsSchema = z.object({
  args: z.string().optional(),
  key: z.string().min(1).max(255).optional(),
  entity: z.string().min(1).max(255).optional(),
  dryRun: z.boolean().default(false),
  preview: z.string().min(1).optional(),
});

/** `call`: one tool of one connector. */
export const addCall: AddCommands = (program, host) => {
  host.add(program, {
    syntax: 'call <name> <tool> [arguments...]',
    summary: 'call a tool of a connector',
    examples: [
      'fibric-edge call bench-scale weight.read',
      'fibric-edge call gate relay.set channel=2 on=true --key order-1187',
      `fibric-edge call gate relay.set --args '{"channel": 2, "on": true}' --dry-run`,
      `fibric-edge call till receipt.print content='[{"type":"text","text":"Hello"}]' --preview receipt.png`,
    ],
    options: [
      { flags: '--args <json>', description: 'the arguments as a JSON object, instead of key=value' },
      { flags: '--key <key>', description: 'names this action: asking again with it never does it twice' },
      { flags: '--entity <key>', description: 'what it is about, for the journal: an order, a parcel' },
      { flags: '--dry-run', description: 'only find out whether it would work' },
      { flags: '--preview <file>', description: 'do nothing; write a picture of what it would make (PNG)' },
    ],
    async run({ client, words: [name = '', toolName = '', ...words], options, signal, json, print, printJson }) {
      const { args, key, entity, dryRun, preview } = optionsSchema.parse(options);
      const connector = await findConnector(client, name);
      const tool = findTool(await client.listConnectorTools(connector.id), toolName, connector.name);
      const own = argumentsOf(tool, words, args);
      const reserved = {
        ...(key === undefined ? {} : { idempotency_key: key }),
        ...(entity === undefined ? {} : { entity_key: entity }),
        ...(dryRun ? { dry_run: true } : {}),
      };
      if (!tool.side_effect && Object.keys(reserved).length > 0) {
        throw usage(
          `${tool.name} changes nothing, so that it takes no --key, --entity or --dry-run.`,
          'Leave them out.',
        );
      }
      if (preview !== undefined) {
        const picture = await client.previewTool(connector.id, { tool: tool.name, arguments: own }, { signal });
        writePicture(preview, picture);
        if (json) printJson({ ...picture, data: undefined, file: preview });
        else print(describePicture(preview, picture));
        return exitCodes.ok;
      }
      const call = client.callTool(connector.id, { tool: tool.name, arguments: { ...own, ...reserved } }, { signal });
      const answer = await (tool.side_effect
        ? call.catch((error) => rethrowDoubtful(error, connector.name, key))
        : call);
      if ('doubt' in answer) {
        if (json) printJson(answer);
        else print(answer.doubt);
        return exitCodes.unknownOutcome;
      }
      return show(answer, json, { print, printJson });
    },
  });
};

function writePicture(file: string, { data }: PictureObject): void {
  try {
    writeFileSync(file, Buffer.from(data, 'base64'));
  } catch (cause) {
    throw new AgentError('invalid_parameter', `The picture can't be written to ${file}: ${String(cause)}.`, {
      hint: 'Give a file in a folder that you may write to.',
      cause,
    });
  }
}

function describePicture(file: string, { width_dots, height_dots, notes }: PictureObject): string {
  return formatFacts({
    picture: `${file}, ${width_dots} × ${height_dots} dots; nothing was sent`,
    ...(notes.length === 0 ? {} : { notes: notes.join(' ') }),
  });
}

function show(
  answer: CallAnswer,
  json: boolean,
  { print, printJson }: { print(text: string): void; printJson(value: object): void },
): ExitCode {
  if (json) printJson(answer);
  if (answer.kind === 'read') {
    if (!json) {
      print(
        formatFacts(
          Object.fromEntries(
            Object.entries(answer.output).map(([name, value]) => [
              name,
              typeof value === 'object' ? JSON.stringify(value) : (value ?? null),
            ]),
          ),
        ),
      );
    }
    return exitCodes.ok;
  }
  if (!json) print(describeEffect(answer.result));
  return exitCodeOfEffect(answer.result);
}

/** These are certain to have come before anything was sent. */
const neverArrived: ReadonlySet<unknown> = new Set(['ENOENT', 'ECONNREFUSED', 'EACCES', 'EPERM']);

const doubtfulCodes: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['deadline_exceeded', 'cancelled', 'internal_error']);

/** A side effect whose answer was lost on the way is in doubt; every other error keeps its meaning. */
function rethrowDoubtful(error: unknown, connector: string, key: string | undefined): { readonly doubt: string } {
  const fault = AgentError.from(error);
  const lost =
    fault.code === 'agent_unreachable' ? !neverArrived.has(fault.details['reason']) : doubtfulCodes.has(fault.code);
  if (!lost) throw fault;
  const again =
    key === undefined ? 'Look at `fibric-edge journal list`' : `Ask again with --key ${JSON.stringify(key)}`;
  return {
    doubt: `The answer of ${connector} was lost (${fault.message}), so that it is not known here whether it happened. ${again} before anything else.`,
  };
}

function findTool(tools: readonly ToolObject[], name: string, connector: string): ToolObject {
  const found = tools.find((tool) => tool.name === name || tool.name.replaceAll('.', '_') === name);
  if (found !== undefined) return found;
  throw new AgentError('unknown_tool', `${connector} has no tool ${JSON.stringify(name)}.`, {
    hint: `Its tools: ${tools.map((tool) => tool.name).join(', ')}.`,
  });
}

function argumentsOf(tool: ToolObject, words: readonly string[], json: string | undefined): JsonObject {
  if (json === undefined) return typedValues(splitPairs(words), tool.input_schema);
  if (words.length > 0) throw usage('Arguments are given twice.', 'Use key=value or --args, not both.');
  const value = parseJsonValue('--args', json);
  if (isObject(value)) return value;
  throw usage('--args is not a JSON object.', `For example --args '{"channel": 2}'.`);
}

function usage(message: string, hint: string): AgentError {
  return new AgentError('invalid_parameter', message, { hint });
}

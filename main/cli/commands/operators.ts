import { z } from 'zod';
import { AgentError } from '../../../drivers/kit/index.ts';
import type { ApiClient } from '../../api/client.ts';
import type { OperatorObject } from '../../api/schemas/index.ts';
import type { AddCommands, CommandHost, Session } from '../cli.ts';
import { exitCodes } from '../exit-codes.ts';
import { formatTable } from '../table.ts';

const listOptions = z.object({ capability: z.string().optional(), status: z.enum(['active', 'paused']).optional() });
const createOptions = z.object({ name: z.string().optional(), capabilities: z.string().optional() });
const removeOptions = z.object({ yes: z.boolean().default(false) });

/** Whose operators commands are about: this machine's, or a tenant's of a hub. */
export interface OperatorsPlace {
  /** How the group is called, for examples. */
  readonly command: string;
  /** At the end of each example. */
  readonly exampleOptions: string;
  readonly options: readonly { readonly flags: string; readonly description: string }[];
  readonly use: <Result>(session: Session, work: (client: ApiClient) => Promise<Result>) => Promise<Result>;
}

/** `operators`: what depends on capabilities here. */
export const addOperators: AddCommands = (program, host) =>
  addOperatorCommands(program, host, {
    command: 'fibric-edge operators',
    exampleOptions: '',
    options: [],
    use: ({ client }, work) => work(client),
  });

/** The commands of `operators`, at one place. */
export function addOperatorCommands(
  program: Parameters<AddCommands>[0],
  host: CommandHost,
  { command, exampleOptions, options: placeOptions, use }: OperatorsPlace,
): void {
  const operators = host.group(program, 'operators', 'what depends on which capabilities', ['operator']);
  const example = (line: string) => `${command} ${line}${exampleOptions}`;

  host.add(operators, {
    syntax: 'list',
    isDefault: true,
    summary: 'list the operators, newest first',
    examples: [example('list'), example('list --capability weight.read --status active')],
    options: [
      ...placeOptions,
      { flags: '--capability <capability>', description: 'only those that need it' },
      { flags: '--status <status>', description: 'only active or paused' },
    ],
    async run(session) {
      const { options, json, print, printJson } = session;
      const found = await use(session, (client) => client.listOperators(listOptions.parse(options)));
      if (json) printJson(found);
      else print(formatTable(found, columns, 'No operator depends on anything here. See `fibric-edge capabilities`.'));
    },
  });

  host.add(operators, {
    syntax: 'create',
    summary: 'say that an operator depends on capabilities, so that no connector it needs is uninstalled under it',
    examples: [example('create --name packing --capabilities weight.read,label.print')],
    options: [
      ...placeOptions,
      { flags: '--name <name>', description: 'what it is called' },
      { flags: '--capabilities <list>', description: 'what it needs, separated by commas' },
    ],
    async run(session) {
      const { options, json, print, printJson, note } = session;
      const { name, capabilities } = createOptions.parse(options);
      if (name === undefined) throw missing('--name', 'Say what it is called.');
      if (capabilities === undefined) throw missing('--capabilities', 'For example: weight.read,label.print');
      const names = capabilities.split(',').map((capability) => capability.trim());
      const created = await use(session, (client) =>
        client.createOperator({ name, capabilities: names, status: 'active' }),
      );
      if (json) return printJson(created);
      print(`${created.name} (${created.id}) is active.`);
      if (created.unfulfilled.length > 0) note(`No connector here has ${created.unfulfilled.join(', ')} yet.`);
    },
  });

  for (const { verb, status, summary, says } of turns) {
    host.add(operators, {
      syntax: `${verb} <operator>`,
      summary,
      examples: [example(`${verb} packing`)],
      options: placeOptions,
      async run(session) {
        const {
          words: [nameOrId = ''],
          json,
          print,
          printJson,
        } = session;
        const changed = await use(session, async (client) => {
          const { id } = await findOperator(client, nameOrId);
          return client.updateOperator(id, { status });
        });
        if (json) printJson(changed);
        else print(`${changed.name} is ${says}`);
      },
    });
  }

  host.add(operators, {
    syntax: 'remove <operator>',
    summary: 'forget an operator; connectors stay',
    examples: [example('remove packing'), example('remove packing --yes')],
    options: [...placeOptions, { flags: '--yes', description: 'do not ask' }],
    run: (session) =>
      use(session, async (client) => {
        const {
          words: [nameOrId = ''],
          options,
          json,
          print,
          printJson,
          note,
          confirm,
        } = session;
        const { id, name, capabilities } = await findOperator(client, nameOrId);
        const question = `Forget the operator ${name}, which depends on ${capabilities.join(', ')}?`;
        if (!removeOptions.parse(options).yes && !(await confirm(question))) {
          note('Nothing was changed.');
          return exitCodes.failure;
        }
        const removed = await client.removeOperator(id);
        if (json) printJson(removed);
        else print(`${name} is forgotten.`);
        return exitCodes.ok;
      }),
  });
}

const turns = [
  {
    verb: 'pause',
    status: 'paused',
    summary: 'let connectors be uninstalled although this operator needs them',
    says: 'paused: it keeps no connector from being uninstalled.',
  },
  { verb: 'resume', status: 'active', summary: 'count on an operator again', says: 'active.' },
] as const;

const columns = [
  { heading: 'id', value: ({ id }: OperatorObject) => id },
  { heading: 'name', value: ({ name }: OperatorObject) => name },
  { heading: 'status', value: ({ status }: OperatorObject) => status },
  { heading: 'needs', value: ({ capabilities }: OperatorObject) => capabilities.join(', ') },
  { heading: 'nobody has', value: ({ unfulfilled }: OperatorObject) => unfulfilled.join(', ') },
];

async function findOperator(client: ApiClient, nameOrId: string): Promise<OperatorObject> {
  const operators = await client.listOperators();
  const found = operators.find(({ name }) => name === nameOrId) ?? operators.find(({ id }) => id === nameOrId);
  if (found !== undefined) return found;
  throw new AgentError('not_found', `There is no operator ${JSON.stringify(nameOrId)} here.`, {
    hint:
      operators.length === 0
        ? 'None was created yet: see `fibric-edge operators create --help`.'
        : `There are: ${operators.map(({ name }) => name).join(', ')}.`,
  });
}

function missing(option: string, hint: string): AgentError {
  return new AgentError('missing_parameter', `${option} is missing.`, { hint });
}

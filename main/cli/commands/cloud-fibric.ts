import { z } from 'zod';
import type { FibricCloudObject } from '../../api/schemas/index.ts';
import type { AddCommands } from '../cli.ts';
import { exitCodes } from '../exit-codes.ts';
import { readSecret } from '../secret-input.ts';
import { type Column, formatFacts, formatTable } from '../table.ts';

const keyOptions = z.object({ keyStdin: z.boolean().default(false) });
const removeOptions = z.object({ yes: z.boolean().default(false) });

/** `cloud fibric`: Fibric's own API as the cloud of this machine. */
export const addCloudFibric: AddCommands = (cloud, host) => {
  const fibric = host.group(cloud, 'fibric', "Fibric's own API as the cloud of this machine");

  host.add(fibric, {
    syntax: 'status',
    isDefault: true,
    summary: 'show whether it is in use, with which key, and how each connector stands there',
    examples: ['fibric-edge cloud fibric', 'fibric-edge cloud fibric status --json'],
    async run({ client, json, print, printJson }) {
      const status = await client.getFibricCloud();
      if (json) return printJson(status);
      print(formatFacts(fibricFacts(status)));
      print('');
      print(formatTable(status.connectors, connectorColumns, 'No hardware connector is installed here.'));
    },
  });

  host.add(fibric, {
    syntax: 'set-key',
    summary: 'keep a key for it (sk_live_... or sk_test_...) in the vault; asked for, or read from standard input',
    examples: ['fibric-edge cloud fibric set-key', 'fibric-edge cloud fibric set-key --key-stdin < key.txt'],
    options: [{ flags: '--key-stdin', description: 'read the key from standard input' }],
    async run({ client, options, environment, signal, json, print, printJson, note }) {
      const { keyStdin } = keyOptions.parse(options);
      const key = await readSecret(environment, 'Key:', { piped: keyStdin, pipeFlag: '--key-stdin', signal });
      const status = await client.setFibricKey(key);
      if (json) return printJson(status);
      print(status.in_use ? `The key is kept and in use at ${status.base_url}.` : 'The key is kept.');
      if (!status.in_use)
        note('It is not in use: set `cloud.provider: fibric` in the configuration, and restart the agent.');
    },
  });

  host.add(fibric, {
    syntax: 'remove-key',
    summary: 'forget the key; what is registered at Fibric stays there, events wait',
    examples: ['fibric-edge cloud fibric remove-key', 'fibric-edge cloud fibric remove-key --yes'],
    options: [{ flags: '--yes', description: 'do not ask' }],
    async run({ client, options, json, print, printJson, note, confirm }) {
      const question = 'Forget the key for Fibric? Connectors that are registered there stay.';
      if (!removeOptions.parse(options).yes && !(await confirm(question))) {
        note('Nothing was changed.');
        return exitCodes.failure;
      }
      const status = await client.removeFibricKey();
      if (json) printJson(status);
      else print('The key is forgotten.');
      return exitCodes.ok;
    },
  });
};

function fibricFacts({
  in_use: inUse,
  base_url: url,
  key,
  error,
}: FibricCloudObject): Readonly<Record<string, string | null>> {
  return {
    'in use': inUse ? 'yes' : 'no (cloud.provider in the configuration)',
    address: url,
    key: key === null ? 'none' : `${key.hint} (${key.mode})`,
    ...(error === null ? {} : { problem: `${error.code}: ${error.message}` }),
  };
}

const connectorColumns: readonly Column<FibricCloudObject['connectors'][number]>[] = [
  { heading: 'name', value: ({ name }) => name },
  { heading: 'at fibric', value: ({ state }) => state },
  { heading: 'id there', value: ({ remote_id: id }) => id },
  { heading: 'problem', value: ({ error }) => (error === null ? null : `${error.code}: ${error.message}`) },
];

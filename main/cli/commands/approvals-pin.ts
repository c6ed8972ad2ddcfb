import type { Command } from 'commander';
import { z } from 'zod';
import { AgentError } from '../../../drivers/kit/index.ts';
import { askSecret, readSecretLines } from '../ask.ts';
import type { CommandHost, Session } from '../cli.ts';

const optionsSchema = z.object({ pinStdin: z.boolean().default(false) });
const HINT = 'Pipe it in: --pin-stdin';

/** `approvals pin`: set, changed and removed here only; never an argument, which others on the machine can read. */
export function addApprovalPin(pin: Command, host: CommandHost): void {
  host.add(pin, {
    syntax: 'show',
    isDefault: true,
    summary: 'whether one is set',
    examples: ['fibric-edge approvals pin show'],
    async run({ client, json, print, printJson }) {
      const state = await client.getApprovalPin();
      if (json) printJson(state);
      else print(state.set ? 'A PIN is set: nothing is allowed without it.' : 'No PIN is set.');
    },
  });

  host.add(pin, {
    syntax: 'set',
    summary: 'set or change it, 4 to 12 digits',
    examples: ['fibric-edge approvals pin set', 'printf "4711\\n" | fibric-edge approvals pin set --pin-stdin'],
    options: [
      {
        flags: '--pin-stdin',
        description: 'read it from standard input; on a line before it the one that is set, if any',
      },
    ],
    async run(session) {
      const { client, environment, json, print, printJson } = session;
      const { set } = await client.getApprovalPin();
      const { current, pin: next } = optionsSchema.parse(session.options).pinStdin
        ? await fromStdin(session, set)
        : {
            current: set ? await askSecret(environment, 'PIN until now:', HINT) : undefined,
            pin: await askTwice(session),
          };
      const state = await client.setApprovalPin({ pin: next, ...(current === undefined ? {} : { current }) });
      if (json) printJson(state);
      else print('The PIN is set. Nothing is allowed without it; anybody here can still deny.');
    },
  });

  host.add(pin, {
    syntax: 'remove',
    summary: 'remove it',
    examples: ['fibric-edge approvals pin remove'],
    options: [{ flags: '--pin-stdin', description: 'read the one that is set from standard input' }],
    async run(session) {
      const { client, environment, json, print, printJson } = session;
      const { set } = await client.getApprovalPin();
      if (!set) {
        if (json) printJson({ object: 'approval_pin', set: false });
        else print('No PIN is set.');
        return;
      }
      const current = optionsSchema.parse(session.options).pinStdin
        ? ((await readSecretLines(environment))[0] ?? '')
        : await askSecret(environment, 'PIN:', HINT);
      const state = await client.setApprovalPin({ current });
      if (json) printJson(state);
      else print('The PIN is removed. Whoever is at this machine can allow what is asked.');
    },
  });
}

async function fromStdin({ environment }: Session, set: boolean) {
  const [first = '', second = ''] = await readSecretLines(environment);
  return set ? { current: first, pin: second } : { current: undefined, pin: first };
}

async function askTwice({ environment }: Session): Promise<string> {
  const pin = await askSecret(environment, 'New PIN:', HINT);
  if (pin === (await askSecret(environment, 'Once more:', HINT))) return pin;
  throw new AgentError('invalid_parameter', 'The two are not the same. Nothing was changed.', { hint: 'Try again.' });
}

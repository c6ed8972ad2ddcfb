import type { Command } from 'commander';
import { z } from 'zod';
import { AgentError } from '../../../drivers/kit/index.ts';
import type { CommandHost, Session } from '../cli.ts';
import { readSecret } from '../secret-input.ts';

const optionsSchema = z.object({ pinStdin: z.boolean().default(false) });

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
      const { client, json, print, printJson } = session;
      const { set } = await client.getApprovalPin();
      const { current, pin: next } = optionsSchema.parse(session.options).pinStdin
        ? await fromStdin(session, set)
        : {
            current: set ? await readPin(session, 'PIN until now:') : undefined,
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
      const { client, json, print, printJson } = session;
      const { set } = await client.getApprovalPin();
      if (!set) {
        if (json) printJson({ object: 'approval_pin', set: false });
        else print('No PIN is set.');
        return;
      }
      const current = await readPin(session, 'PIN:');
      const state = await client.setApprovalPin({ current });
      if (json) printJson(state);
      else print('The PIN is removed. Whoever is at this machine can allow what is asked.');
    },
  });
}

/** Typed unseen, or all of standard input with `--pin-stdin`. */
function readPin({ environment, options, signal }: Session, question: string): Promise<string> {
  const { pinStdin: piped } = optionsSchema.parse(options);
  return readSecret(environment, question, { piped, pipeFlag: '--pin-stdin', signal });
}

async function fromStdin(session: Session, set: boolean) {
  const [first = '', second = ''] = (await readPin(session, '')).split(/\r?\n/);
  return set ? { current: first, pin: second } : { current: undefined, pin: first };
}

async function askTwice(session: Session): Promise<string> {
  const pin = await readPin(session, 'New PIN:');
  if (pin === (await readPin(session, 'Once more:'))) return pin;
  throw new AgentError('invalid_parameter', 'The two are not the same. Nothing was changed.', { hint: 'Try again.' });
}

import type { Command } from 'commander';
import { z } from 'zod';
import { AgentError } from '../../../drivers/kit/index.ts';
import type { ApiClient } from '../../api/client.ts';
import type { CommandHost, Session } from '../cli.ts';
import { readSecret } from '../secret-input.ts';

const optionsSchema = z.object({ pinStdin: z.boolean().default(false) });

/** One of the PINs of this machine. */
export interface PinSubject {
  /** The words before `set` and the like: `approvals pin`. */
  readonly command: string;
  readonly get: (client: ApiClient) => Promise<PinState>;
  readonly change: (client: ApiClient, body: { readonly pin?: string; readonly current?: string }) => Promise<PinState>;
  readonly isSet: string;
  readonly nowSet: string;
  readonly removed: string;
}

interface PinState {
  readonly object: string;
  readonly set: boolean;
}

/** A PIN is set, changed and removed here only; never as an argument, which others on the machine can read. */
export function addPin(pin: Command, host: CommandHost, subject: PinSubject): void {
  const { command } = subject;
  host.add(pin, {
    syntax: 'show',
    isDefault: true,
    summary: 'whether one is set',
    examples: [`fibric-edge ${command} show`],
    async run({ client, json, print, printJson }) {
      const state = await subject.get(client);
      if (json) printJson(state);
      else print(state.set ? subject.isSet : 'No PIN is set.');
    },
  });

  host.add(pin, {
    syntax: 'set',
    summary: 'set or change it, 4 to 12 digits',
    examples: [`fibric-edge ${command} set`, `printf "4711\\n" | fibric-edge ${command} set --pin-stdin`],
    options: [
      {
        flags: '--pin-stdin',
        description: 'read it from standard input; on a line before it the one that is set, if any',
      },
    ],
    async run(session) {
      const { client, json, print, printJson } = session;
      const { set } = await subject.get(client);
      const { current, pin: next } = optionsSchema.parse(session.options).pinStdin
        ? await fromStdin(session, set)
        : {
            current: set ? await readPin(session, 'PIN until now:') : undefined,
            pin: await askTwice(session),
          };
      const state = await subject.change(client, { pin: next, ...(current === undefined ? {} : { current }) });
      if (json) printJson(state);
      else print(subject.nowSet);
    },
  });

  host.add(pin, {
    syntax: 'remove',
    summary: 'remove it',
    examples: [`fibric-edge ${command} remove`],
    options: [{ flags: '--pin-stdin', description: 'read the one that is set from standard input' }],
    async run(session) {
      const { client, json, print, printJson } = session;
      const { set, object } = await subject.get(client);
      if (!set) {
        if (json) printJson({ object, set: false });
        else print('No PIN is set.');
        return;
      }
      const current = await readPin(session, 'PIN:');
      const state = await subject.change(client, { current });
      if (json) printJson(state);
      else print(subject.removed);
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

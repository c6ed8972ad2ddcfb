import { hostname } from 'node:os';
import { z } from 'zod';
import { AgentError } from '../../../drivers/kit/index.ts';
import { type CloudObject, usualGrants } from '../../api/schemas/index.ts';
import type { AddCommands, Session } from '../cli.ts';
import { exitCodes } from '../exit-codes.ts';
import { grantWords, parseGrants } from '../grant-options.ts';
import { qrText } from '../qr-text.ts';
import { formatFacts } from '../table.ts';
import { whereToType } from '../where-to-type.ts';

const LOOK_EVERY_MS = 1_000;

const pairOptions = z.object({
  name: z.string().optional(),
  grants: z.string().optional(),
  enrolmentToken: z.string().optional(),
  wait: z.boolean().default(true),
});
const unpairOptions = z.object({ yes: z.boolean().default(false) });

/** `pair` and `unpair`: this machine and its hub. */
export const addPair: AddCommands = (program, host) => {
  host.add(program, {
    syntax: 'pair <origin>',
    summary: 'pair this machine with a hub: shows a code to be typed there, and waits',
    examples: [
      'fibric-edge pair https://hub.example.com',
      'fibric-edge pair https://hub.example.com --name packing-1 --grants read,act,install',
      'fibric-edge pair https://hub.example.com --enrolment-token he_...',
    ],
    options: [
      { flags: '--name <name>', description: `what the hub calls this machine (default: ${hostname()})` },
      {
        flags: '--grants <list>',
        description: 'what the hub may do here: read, act, install, care (default: read,act)',
      },
      { flags: '--enrolment-token <token>', description: 'pair at once, without a code' },
      { flags: '--no-wait', description: 'show the code and do not wait for the approval' },
    ],
    async run(session) {
      const {
        client,
        words: [origin = ''],
        options,
        json,
        environment,
        print,
        printJson,
        note,
      } = session;
      const { name, grants, enrolmentToken, wait } = pairOptions.parse(options);
      const begun = await client.beginPairing({
        origin,
        grants: grants === undefined ? usualGrants : parseGrants(grants),
        ...(name === undefined ? {} : { name }),
        ...(enrolmentToken === undefined ? {} : { enrolment_token: enrolmentToken }),
      });
      if (begun.pairing === null) {
        if (json) printJson(begun);
        else print(describePaired(begun));
        return exitCodes.ok;
      }
      if (json) {
        printJson(begun);
        if (!wait) return exitCodes.pending;
      } else print(describeCode(begun, begun.pairing, qrText(begun.pairing.qr_code, environment)));
      if (!wait) return exitCodes.pending;
      if (!json) note('Waiting for the approval. Ctrl-C leaves the pairing open; `fibric-edge unpair` gives it up.');
      const ended = await untilDecided(session);
      if (ended.state !== 'paired') throw failureOf(ended);
      if (json) printJson(ended);
      else print(describePaired(ended));
      return exitCodes.ok;
    },
  });

  host.add(program, {
    syntax: 'unpair',
    summary: 'end the pairing with the hub, or one that has begun; local work goes on',
    examples: ['fibric-edge unpair', 'fibric-edge unpair --yes'],
    options: [{ flags: '--yes', description: 'do not ask' }],
    async run({ client, options, json, print, printJson, note, confirm }) {
      const before = await client.getCloud();
      const { hub, tenant } = before;
      if (hub !== null && !unpairOptions.parse(options).yes) {
        const question = `End the pairing with ${hub.origin} (${tenant?.name ?? ''})? Programs there lose this machine.`;
        if (!(await confirm(question))) {
          note('Nothing was changed.');
          return exitCodes.failure;
        }
      }
      const after = await client.endPairing();
      if (json) printJson(after);
      else
        print(
          before.state === 'none' ? 'This machine is paired with no hub.' : 'The pairing is ended. Local work goes on.',
        );
      return exitCodes.ok;
    },
  });
};

async function untilDecided({ client, signal }: Session): Promise<CloudObject> {
  for (;;) {
    const cloud = await client.getCloud();
    if (cloud.pairing === null) return cloud;
    if (signal.aborted) throw new AgentError('cancelled', 'The pairing stays open until its code expires.');
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, LOOK_EVERY_MS);
    signal.addEventListener('abort', () => resolve(), { once: true });
    await promise;
    clearTimeout(timer);
  }
}

function failureOf({ link: { error } }: CloudObject): AgentError {
  return new AgentError('refused', error?.message ?? 'The pairing was given up.', {
    hint: error?.hint ?? 'Begin anew.',
  });
}

function describeCode(
  { key_words }: CloudObject,
  pairing: NonNullable<CloudObject['pairing']>,
  qrCode: string | null,
): string {
  return [
    ...(qrCode === null ? [] : ['', qrCode]),
    '',
    `    ${[...pairing.user_code].join(' ')}`,
    '',
    formatFacts({
      ...whereToType(pairing),
      'key words': key_words,
      'good until': pairing.expires_at,
      'the hub may': grantWords(pairing.grants),
    }),
    '',
    'Whoever approves it types these key words, so that no other machine is taken in.',
  ].join('\n');
}

function describePaired({ hub, tenant, agent, grants }: CloudObject): string {
  return [
    `Paired with ${hub?.name ?? ''} as ${agent?.name ?? ''}.`,
    formatFacts({
      hub: hub?.origin ?? null,
      tenant: tenant === null ? null : `${tenant.name} (${tenant.mode})`,
      'the hub may': grants === null ? null : grantWords(grants),
    }),
  ].join('\n');
}

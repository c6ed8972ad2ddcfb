import { z } from 'zod';
import type { EnrolmentObject, PairingObject } from '../../../api/schemas/index.ts';
import type { AddCommands } from '../../cli.ts';
import { parseDurationMs } from '../../duration.ts';
import { exitCodes } from '../../exit-codes.ts';
import { grantWords, parseGrants } from '../../grant-options.ts';
import { formatFacts, formatTable } from '../../table.ts';
import { tenantOptions, withHub } from './hub-session.ts';

const approveOptions = z.object({
  keyWords: z.string().optional(),
  name: z.string().optional(),
  grants: z.string().optional(),
});
const enrolmentOptions = z.object({
  names: z.string().default('*'),
  uses: z.coerce.number().int().min(1).max(10_000).default(1),
  expiresIn: z.string().default('1d'),
  grants: z.string().optional(),
});

/** `hub pairings` and `hub enrolments`: how machines come to a hub. */
export const addHubPairings: AddCommands = (hub, host) => {
  const pairings = host.group(hub, 'pairings', 'machines that wait with a code on their screen', ['pairing']);
  host.add(pairings, {
    syntax: 'show <code>',
    summary: 'who is behind a code',
    examples: ['fibric-edge hub pairings show WDJB-MJHT --tenant acme'],
    options: tenantOptions,
    async run(session) {
      const found = await withHub(session, (client) => client.getPairing(session.words[0] ?? ''));
      if (session.json) session.printJson(found);
      else session.print(describe(found));
    },
  });
  host.add(pairings, {
    syntax: 'approve <code>',
    summary: 'take a machine in; asks for the key words on its screen',
    examples: [
      'fibric-edge hub pairings approve WDJB-MJHT --tenant acme',
      'fibric-edge hub pairings approve WDJB-MJHT --tenant acme --key-words "one two three four five six" --grants read',
    ],
    options: [
      ...tenantOptions,
      { flags: '--key-words <words>', description: "as the machine's screen shows them; asked for when absent" },
      { flags: '--name <name>', description: 'another name than the one it offers' },
      { flags: '--grants <list>', description: 'take fewer than it offers: read, act, install, care' },
    ],
    async run(session) {
      const {
        words: [code = ''],
        json,
        print,
        printJson,
        note,
        confirm,
      } = session;
      const { keyWords, name, grants } = approveOptions.parse(session.options);
      return withHub(session, async (client) => {
        let words = keyWords;
        if (words === undefined) {
          const found = await client.getPairing(code);
          print(describe(found));
          if (!(await confirm("Does the machine's screen show exactly these key words?"))) {
            note('Nothing was changed. If they differ, refuse it: fibric-edge hub pairings deny CODE');
            return exitCodes.failure;
          }
          words = found.key_words;
        }
        const approved = await client.approvePairing(code, {
          key_words: words,
          ...(name === undefined ? {} : { name }),
          ...(grants === undefined ? {} : { grants: parseGrants(grants) }),
        });
        if (json) printJson(approved);
        else
          print(`${name ?? approved.name} is taken in. It links within seconds: fibric-edge hub agents --tenant ...`);
        return exitCodes.ok;
      });
    },
  });
  host.add(pairings, {
    syntax: 'deny <code>',
    summary: 'refuse a machine',
    examples: ['fibric-edge hub pairings deny WDJB-MJHT --tenant acme'],
    options: tenantOptions,
    async run(session) {
      const denied = await withHub(session, (client) => client.denyPairing(session.words[0] ?? ''));
      if (session.json) session.printJson(denied);
      else session.print(`${denied.name} is refused.`);
    },
  });

  const enrolments = host.group(hub, 'enrolments', 'tokens with which machines pair by themselves', ['enrolment']);
  host.add(enrolments, {
    syntax: 'create',
    summary: 'make an enrolment token; it is shown once',
    examples: ['fibric-edge hub enrolments create --tenant acme --names "packing-*" --uses 20 --expires-in 7d'],
    options: [
      ...tenantOptions,
      { flags: '--names <pattern>', description: 'names it is good for; * stands for any text (default: *)' },
      { flags: '--uses <number>', description: 'how many machines it takes in (default: 1)' },
      { flags: '--expires-in <duration>', description: 'for example 12h or 7d (default: 1d)' },
      { flags: '--grants <list>', description: 'at most these: read, act, install, care (default: read,act)' },
    ],
    async run(session) {
      const { names, uses, expiresIn, grants } = enrolmentOptions.parse(session.options);
      const made = await withHub(session, (client) =>
        client.createEnrolment({
          name_pattern: names,
          uses,
          expires_in_ms: parseDurationMs('--expires-in', expiresIn),
          ...(grants === undefined ? {} : { grants: parseGrants(grants) }),
        }),
      );
      if (session.json) return session.printJson(made);
      session.print(made.token ?? '');
      session.note(
        `For ${made.uses_left} machines called ${made.name_pattern}, until ${made.expires_at}. It is not shown again.`,
      );
    },
  });
  host.add(enrolments, {
    syntax: 'list',
    isDefault: true,
    summary: 'list enrolment tokens, without their secrets',
    examples: ['fibric-edge hub enrolments list --tenant acme'],
    options: tenantOptions,
    async run(session) {
      const found = await withHub(session, (client) => client.listEnrolments());
      if (session.json) session.printJson(found);
      else session.print(formatTable(found, columns, 'There is none.'));
    },
  });
  host.add(enrolments, {
    syntax: 'revoke <id>',
    summary: 'end an enrolment token; machines that used it stay paired',
    examples: ['fibric-edge hub enrolments revoke enr_5c... --tenant acme'],
    options: tenantOptions,
    async run(session) {
      const revoked = await withHub(session, (client) => client.revokeEnrolment(session.words[0] ?? ''));
      if (session.json) session.printJson(revoked);
      else session.print(`${revoked.hint} is revoked.`);
    },
  });
};

const columns = [
  { heading: 'id', value: ({ id }: EnrolmentObject) => id },
  { heading: 'token', value: ({ hint }: EnrolmentObject) => hint },
  { heading: 'names', value: ({ name_pattern }: EnrolmentObject) => name_pattern },
  { heading: 'left', value: ({ uses_left }: EnrolmentObject) => uses_left },
  {
    heading: 'until',
    value: ({ expires_at, revoked_at }: EnrolmentObject) => (revoked_at === null ? expires_at : 'revoked'),
  },
];

function describe({ name, version, key_words, address, grants, expires_at, decision }: PairingObject): string {
  return formatFacts({
    machine: name,
    version,
    'key words': key_words,
    from: address,
    offers: grantWords(grants),
    'good until': expires_at,
    decision: decision ?? 'waiting',
  });
}

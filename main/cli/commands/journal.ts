import { userInfo } from 'node:os';
import { z } from 'zod';
import { AgentError } from '../../../drivers/kit/index.ts';
import { type JournalEntryObject, journalStateSchema } from '../../api/schemas/index.ts';
import { askLine } from '../ask.ts';
import type { AddCommands } from '../cli.ts';
import { exitCodes } from '../exit-codes.ts';
import { findConnector } from '../find.ts';
import { formatFacts, formatTable, plain } from '../table.ts';
import { addJournalExport } from './journal-export.ts';
import { addJournalOpen } from './journal-open.ts';

const listOptions = z.object({
  connector: z.string().optional(),
  state: journalStateSchema.optional(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
});
const settleOptions = z.object({
  happened: z.boolean().default(false),
  didNotHappen: z.boolean().default(false),
  note: z.string().min(1).max(1000).optional(),
  by: z.string().min(1).max(100).optional(),
});

/** `journal`: every side effect and how it ended. */
export const addJournal: AddCommands = (program, host) => {
  const journal = host.group(program, 'journal', 'every side effect and how it ended');

  host.add(journal, {
    syntax: 'list',
    isDefault: true,
    summary: 'list side effects, newest first',
    examples: ['fibric-edge journal list', 'fibric-edge journal list --connector gate --state unknown'],
    options: [
      { flags: '--connector <name>', description: 'only of this connector' },
      { flags: '--state <state>', description: `only ${journalStateSchema.options.join(', ')}` },
      { flags: '--limit <count>', description: 'at most this many, 1 to 100 (default: 20)' },
    ],
    async run({ client, options, json, print, printJson }) {
      const { connector, state, limit } = readOptions(listOptions, options);
      const connectorId = connector === undefined ? undefined : (await findConnector(client, connector)).id;
      const { data } = await client.listJournal({ connector_id: connectorId, state, limit });
      if (json) printJson(data);
      else print(formatTable(data, columns, 'There is no such side effect in the journal.'));
    },
  });

  host.add(journal, {
    syntax: 'show <id>',
    summary: 'show one side effect whole',
    examples: ['fibric-edge journal show jr_71c0'],
    async run({ client, words: [id = ''], json, print, printJson }) {
      const entry = await client.getJournalEntry(id);
      if (json) printJson(entry);
      else print(formatFacts(factsOf(entry)));
    },
  });

  host.add(journal, {
    syntax: 'settle <id>',
    summary: 'say whether an effect of unknown outcome happened, after looking at the device; asks one question',
    examples: [
      'fibric-edge journal settle jr_71c0',
      'fibric-edge journal settle jr_71c0 --did-not-happen --note "the gate was still shut"',
    ],
    options: [
      { flags: '--happened', description: 'it did; asks nothing' },
      { flags: '--did-not-happen', description: 'it did not; asks nothing' },
      { flags: '--note <text>', description: 'how you know' },
      { flags: '--by <name>', description: 'who looked (default: who is signed in here)' },
    ],
    async run(session) {
      const {
        client,
        words: [id = ''],
        options,
        environment,
        signal,
        json,
        print,
        printJson,
        note: say,
      } = session;
      const { note, happened, didNotHappen, by } = readOptions(settleOptions, options);
      if (happened && didNotHappen) {
        throw new AgentError('invalid_parameter', '--happened and --did-not-happen are both given.', {
          hint: 'Say one of them.',
        });
      }
      let answer: 'happened' | 'did_not_happen' = happened ? 'happened' : 'did_not_happen';
      if (!happened && !didNotHappen) {
        const entry = await client.getJournalEntry(id);
        requireOpen(entry);
        say(`${plain(entry.connector_name)}, ${entry.sent_at ?? entry.created_at}: ${plain(entry.summary)}.`);
        if (entry.error !== null) say(`We know: ${plain(entry.error.message)} We won't send it again by ourselves.`);
        const said = await askLine(
          environment,
          `${plain(entry.question)} [y/n, Enter leaves it open]`,
          'Say --happened or --did-not-happen.',
          signal,
        );
        if (!/^(y(es)?|no?)$/i.test(said)) {
          if (json) printJson(entry);
          else print('Left open: until it is answered, this device takes no other action.');
          return exitCodes.unknownOutcome;
        }
        answer = /^y/i.test(said) ? 'happened' : 'did_not_happen';
      }
      const settled = await client.settleJournalEntry(id, {
        answer,
        by: by ?? userName(environment.variables),
        ...(note === undefined ? {} : { note }),
      });
      if (json) printJson(settled);
      else print(formatFacts(factsOf(settled)));
      return exitCodes.ok;
    },
  });

  host.add(journal, {
    syntax: 'acknowledge',
    summary: 'take note that an earlier journal was lost, so that side effects are possible again',
    examples: ['fibric-edge journal acknowledge'],
    async run({ client, json, print, printJson }) {
      const epoch = await client.acknowledgeJournal();
      if (json) printJson(epoch);
      else print(`Taken note of. The journal goes on in epoch ${epoch.epoch}.`);
    },
  });

  addJournalOpen(journal, host);
  addJournalExport(journal, host);
};

const columns = [
  { heading: 'id', value: ({ journal_id: id }: JournalEntryObject) => id },
  { heading: 'at', value: ({ created_at: at }: JournalEntryObject) => at },
  { heading: 'connector', value: ({ connector_name: name }: JournalEntryObject) => name },
  { heading: 'what', value: ({ summary }: JournalEntryObject) => summary },
  { heading: 'state', value: ({ state }: JournalEntryObject) => state },
  { heading: 'because', value: ({ reason, evidence }: JournalEntryObject) => reason ?? evidence },
  { heading: 'by', value: ({ caller_name: name }: JournalEntryObject) => name },
];

function factsOf(entry: JournalEntryObject): Record<string, string | number | boolean | null> {
  const { settlement, error, release } = entry;
  return {
    id: entry.journal_id,
    connector: `${entry.connector_name} (${entry.connector_id})`,
    what: entry.summary,
    tool: entry.tool,
    arguments: JSON.stringify(entry.arguments),
    by: `${entry.caller_name} (${entry.caller})`,
    state: entry.state,
    sent: entry.sent ? 'yes' : 'no',
    reason: entry.reason,
    evidence: entry.evidence,
    ...(error === null ? {} : { problem: error.message, advice: error.hint ?? null }),
    result: entry.result === null ? null : JSON.stringify(entry.result),
    key: entry.idempotency_key,
    about: entry.entity_key,
    attempts: entry.attempts,
    accepted: entry.created_at,
    'sent at': entry.sent_at,
    ended: entry.ended_at,
    ...(release === null ? {} : { 'switched off': releaseWords(release) }),
    ...(entry.approval === null ? {} : { approval: approvalWords(entry.approval) }),
    ...(settlement === null
      ? {}
      : { settled: `${settlement.answer} by ${settlement.by} at ${settlement.at}`, note: settlement.note }),
  };
}

const releaseReasons = {
  due: 'in time',
  called_off: 'before its time: stop, pause or uninstall',
  in_doubt: 'first of all after a crash, a lost port or a doubtful answer',
  settled: 'as a person says',
} as const;

function releaseWords({ due_at, released_at, reason, evidence }: NonNullable<JournalEntryObject['release']>): string {
  if (released_at === null) return `not yet, due at ${due_at}: it may be on`;
  const why = reason === null ? '' : `, ${releaseReasons[reason]}`;
  return `${released_at}${why}${evidence === null ? '' : ` (${evidence})`}`;
}

function approvalWords({ approval_id: id, decision }: NonNullable<JournalEntryObject['approval']>): string {
  if (decision === null) return `${id}, waiting`;
  const { state, by, note, at } = decision;
  return `${id}, ${state}${by === null ? '' : ` by ${by}`} at ${at}${note === null ? '' : `: ${note}`}`;
}

function requireOpen({ journal_id: id, state, settlement }: JournalEntryObject): void {
  if (state === 'unknown' && settlement === null) return;
  throw new AgentError(
    'state_conflict',
    `Row ${id} needs no answer: it is ${settlement === null ? state : 'settled'}.`,
    {
      hint: `See it with: fibric-edge journal show ${id}`,
    },
  );
}

/** Who is signed in at this terminal. */
function userName(variables: Readonly<Record<string, string | undefined>>): string {
  return variables['SUDO_USER'] ?? variables['USER'] ?? userInfo().username;
}

function readOptions<Schema extends z.ZodType>(schema: Schema, options: unknown): z.output<Schema> {
  const parsed = schema.safeParse(options);
  if (parsed.success) return parsed.data;
  const [first] = parsed.error.issues;
  throw new AgentError('invalid_parameter', `--${first?.path.join('.') ?? ''}: ${first?.message ?? 'not usable'}.`, {
    hint: 'Add --help for the options.',
  });
}

import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { AgentError } from '../../../drivers/kit/index.ts';
import type { ApiClient } from '../../api/client.ts';
import type { ApprovalDetail, ApprovalObject } from '../../api/schemas/index.ts';
import { approvalFacts, approvalTable, exitCodeOfApproved } from '../approval-words.ts';
import type { AddCommands, Session } from '../cli.ts';
import { exitCodes } from '../exit-codes.ts';
import { readSecret } from '../secret-input.ts';
import { plain } from '../table.ts';
import { addApprovalWatch } from './approvals-watch.ts';
import { addPin } from './pin.ts';

const listOptions = z.object({
  all: z.boolean().default(false),
  limit: z.coerce.number().int().min(1).max(100).default(20),
});
const showOptions = z.object({ preview: z.string().min(1).optional() });
const decideOptions = z.object({
  note: z.string().min(1).max(1000).optional(),
  yes: z.boolean().default(false),
  pinStdin: z.boolean().default(false),
});

const note = { flags: '--note <text>', description: 'kept with the decision' };

/** `approvals`: what programs ask people at this machine to allow. */
export const addApprovals: AddCommands = (program, host) => {
  const approvals = host.group(program, 'approvals', 'what programs ask a person here to allow', ['approval']);

  host.add(approvals, {
    syntax: 'list',
    isDefault: true,
    summary: 'list what waits for a person, newest first',
    examples: ['fibric-edge approvals list', 'fibric-edge approvals list --all --limit 50'],
    options: [
      { flags: '--all', description: 'those that were decided too' },
      { flags: '--limit <count>', description: 'at most this many, 1 to 100 (default: 20)' },
    ],
    async run({ client, options, json, print, printJson }) {
      const { all, limit } = listOptions.parse(options);
      const { data } = await client.listApprovals({ limit, ...(all ? {} : { state: 'waiting' }) });
      if (json) printJson(data);
      else print(approvalTable(data, Date.now()));
    },
  });

  host.add(approvals, {
    syntax: 'show <id>',
    summary: 'show one whole; a picture of what would be printed is written to a file',
    examples: ['fibric-edge approvals show ap_51d2', 'fibric-edge approvals show ap_51d2 --preview receipt.png'],
    options: [{ flags: '--preview <file>', description: 'where to write the picture (default: a new temporary file)' }],
    async run({ client, words: [id = ''], options, json, print, printJson }) {
      const approval = await client.getApproval(await fullId(client, id));
      const path = writePreview(approval, showOptions.parse(options).preview);
      if (json) return printJson({ ...approval, preview_path: path });
      print(approvalFacts(approval, Date.now()));
      print(path === null ? 'Nothing to look at: this tool draws no preview.' : `Preview: ${path}`);
      for (const note of approval.preview?.notes ?? []) print(`The picture can't show: ${plain(note)}`);
    },
  });

  host.add(approvals, {
    syntax: 'approve <id>',
    summary: 'allow it: it is done at once, and once',
    examples: [
      'fibric-edge approvals approve ap_51d2',
      'fibric-edge approvals approve ap_51d2 --yes --note "gate is clear" --pin-stdin < pin.txt',
    ],
    options: [
      note,
      { flags: '--yes', description: 'do not ask' },
      { flags: '--pin-stdin', description: 'read the PIN from standard input' },
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
        confirm,
      } = session;
      const decision = decideOptions.parse(options);
      const found = await client.getApproval(await fullId(client, id));
      const { set } = await client.getApprovalPin();
      if (!decision.yes) {
        say(approvalFacts(found, Date.now()));
        if (!(await confirm('Allow this once?'))) {
          if (json) printJson(found);
          else print('Nothing was decided. It waits until its time is up.');
          return exitCodes.refused;
        }
      }
      const pin = set
        ? await readSecret(environment, 'PIN:', { piped: decision.pinStdin, pipeFlag: '--pin-stdin', signal })
        : undefined;
      const approval = await client.approve(found.id, {
        ...(pin === undefined ? {} : { pin }),
        ...(decision.note === undefined ? {} : { note: decision.note }),
      });
      show(approval, { json, print, printJson });
      return exitCodeOfApproved(approval);
    },
  });

  host.add(approvals, {
    syntax: 'deny <id>',
    summary: 'do not allow it; needs no PIN',
    examples: ['fibric-edge approvals deny ap_51d2 --note "somebody is at the gate"'],
    options: [note],
    async run({ client, words: [id = ''], options, json, print, printJson }) {
      const decision = decideOptions.parse(options);
      const approval = await client.deny(
        await fullId(client, id),
        decision.note === undefined ? {} : { note: decision.note },
      );
      show(approval, { json, print, printJson });
    },
  });

  addApprovalWatch(approvals, host);
  addPin(host.group(approvals, 'pin', 'the PIN that people give with an approval'), host, {
    command: 'approvals pin',
    get: (client) => client.getApprovalPin(),
    change: (client, body) => client.setApprovalPin(body),
    isSet: 'A PIN is set: nothing is allowed without it.',
    nowSet: 'The PIN is set. Nothing is allowed without it; anybody here can still deny.',
    removed: 'The PIN is removed. Whoever is at this machine can allow what is asked.',
  });
};

function show(
  approval: ApprovalObject,
  { json, print, printJson }: Pick<Session, 'json' | 'print' | 'printJson'>,
): void {
  if (json) printJson(approval);
  else print(approvalFacts(approval, Date.now()));
}

/** An id whole, or the beginning of one that waits. */
async function fullId(client: ApiClient, id: string): Promise<string> {
  if (/^ap_[0-9a-f]{32}$/.test(id)) return id;
  const { data } = await client.listApprovals({ state: 'waiting', limit: 100 });
  const [only, another] = data.filter((approval) => approval.id.startsWith(id));
  if (only === undefined) return id;
  if (another === undefined) return only.id;
  throw new AgentError('invalid_parameter', `Several approvals begin with ${id}.`, { hint: 'Give more of the id.' });
}

function writePreview({ id, preview }: ApprovalDetail, wanted: string | undefined): string | null {
  if (preview === null) return null;
  const path = resolve(wanted ?? join(mkdtempSync(join(tmpdir(), 'fibric-edge-')), `${id}.png`));
  writeFileSync(path, Buffer.from(preview.data, 'base64'), { mode: 0o600 });
  return path;
}

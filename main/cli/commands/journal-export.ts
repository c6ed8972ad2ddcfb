import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import type { Writable } from 'node:stream';
import type { Command } from 'commander';
import { z } from 'zod';
import { AgentError } from '../../../drivers/kit/index.ts';
import { type ExportVerdict, verifyExport } from '../../api/journal-export/verify-export.ts';
import type { CommandHost } from '../cli.ts';
import { exitCodes } from '../exit-codes.ts';
import { findConnector } from '../find.ts';
import { formatFacts } from '../table.ts';

const exportOptions = z.object({
  since: z.string().optional(),
  until: z.string().optional(),
  connector: z.string().optional(),
});
const verifyOptions = z.object({ hash: z.string().optional() });

/** `journal export` and `journal verify`: the journal for others to keep, and whether what they kept is what we wrote. */
export function addJournalExport(journal: Command, host: CommandHost): void {
  host.add(journal, {
    syntax: 'export',
    summary: 'write the journal, oldest first, as lines of JSON that show every later change',
    examples: [
      'fibric-edge journal export > journal.jsonl',
      'fibric-edge journal export --since 2026-07-01 --until 2026-08-01 --connector gate > gate-july.jsonl',
    ],
    options: [
      { flags: '--since <time>', description: 'accepted then or later: a day (UTC) or an RFC 3339 time' },
      { flags: '--until <time>', description: 'accepted before then' },
      { flags: '--connector <name>', description: 'only of this connector; by its id also when it is uninstalled' },
    ],
    async run({ client, options, environment, signal, note }) {
      const { since, until, connector } = exportOptions.parse(options);
      const uninstalled = connector?.startsWith('cn_') === true;
      const connectorId =
        connector === undefined || uninstalled ? connector : (await findConnector(client, connector)).id;
      const filter = {
        ...(since === undefined ? {} : { since: toInstant('--since', since) }),
        ...(until === undefined ? {} : { until: toInstant('--until', until) }),
        ...(connectorId === undefined ? {} : { connector_id: connectorId }),
      };
      const verdict = await verifyExport(copyTo(environment.stdout, client.exportJournal(filter, { signal })));
      if (!verdict.whole) {
        throw new AgentError('internal_error', `The export is not whole: ${describeFault(verdict)}`, {
          hint: 'Export again, and see `fibric-edge logs` if it stays so.',
        });
      }
      note(`${sideEffects(verdict.count)}, hash ${verdict.hash}`);
    },
  });

  host.add(journal, {
    syntax: 'verify <file>',
    summary: 'say whether an exported journal is as it was written, and where it is not; needs no running agent',
    examples: ['fibric-edge journal verify journal.jsonl', 'fibric-edge journal verify journal.jsonl --hash 9f2c41…'],
    options: [{ flags: '--hash <hash>', description: 'the hash that was noted when it was written' }],
    async run({ words: [file = ''], options, json, print, printJson }) {
      const { hash } = verifyOptions.parse(options);
      const verdict = compare(await verifyExport(readFile(file)), hash);
      if (json) printJson({ file, ...verdict });
      else if (verdict.whole) print(formatFacts(factsOf(verdict)));
      else print(`${file} is not as it was written. ${describeFault(verdict)}`);
      return verdict.whole ? exitCodes.ok : exitCodes.failure;
    },
  });
}

type Compared =
  | ExportVerdict
  | { readonly whole: false; readonly line: null; readonly fault: 'other_export'; readonly message: string };

/** A chain that was made anew from end to end is whole, and is another one. */
function compare(verdict: ExportVerdict, hash: string | undefined): Compared {
  if (!verdict.whole || hash === undefined || verdict.hash === hash.toLowerCase()) return verdict;
  const message = `It is whole, but its hash is ${verdict.hash}: another export, or one that was written anew.`;
  return { whole: false, line: null, fault: 'other_export', message };
}

function describeFault({ line, fault, message }: Extract<Compared, { whole: false }>): string {
  return line === null ? message : `Line ${line}: ${fault.replace('_', ' ')}. ${message}`;
}

function factsOf({ header, count, hash }: Extract<ExportVerdict, { whole: true }>): Record<string, string | null> {
  const limits = [...(header.connectors ?? []), ...(header.tools ?? [])];
  return {
    verdict: `as it was written: ${sideEffects(count)}`,
    hash,
    'written at': header.exported_at,
    installation: header.installation_id,
    version: header.version,
    epoch: header.epoch,
    since: header.since ?? 'the beginning',
    until: header.until ?? 'when it was written',
    connector: header.connector_id ?? 'all',
    ...(limits.length === 0 ? {} : { 'only what the token sees': limits.join(', ') }),
  };
}

function sideEffects(count: number): string {
  return `${count} side ${count === 1 ? 'effect' : 'effects'}`;
}

/** `2026-07-01`, which begins at midnight UTC, or an RFC 3339 time with its zone. */
function toInstant(option: string, text: string): string {
  const day = /^\d{4}-\d{2}-\d{2}$/.test(text);
  const time = z.iso.datetime({ offset: true }).safeParse(text);
  const ms = day || time.success ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(ms)) return new Date(ms).toISOString();
  throw new AgentError('invalid_parameter', `${option} ${JSON.stringify(text)} is not a time.`, {
    hint: 'Write a day, 2026-07-01, or a time with its zone, 2026-07-01T08:00:00Z.',
  });
}

/** Passes chunks on to `output` as fast as that takes them, and gives them on. */
async function* copyTo(output: Writable, chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    if (!output.write(chunk)) await once(output, 'drain');
    yield chunk;
  }
}

async function* readFile(path: string): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of createReadStream(path)) yield chunk as Buffer;
  } catch (cause) {
    const seen = cause instanceof Error ? cause.message : String(cause);
    throw new AgentError('invalid_parameter', `${path} can't be read: ${seen}.`, {
      hint: 'Name a file that `fibric-edge journal export` wrote.',
      cause,
    });
  }
}

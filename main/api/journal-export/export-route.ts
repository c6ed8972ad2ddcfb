import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setImmediate } from 'node:timers/promises';
import { defineRoute } from '../route.ts';
import { journalExportLineSchema, journalExportQuerySchema } from '../schemas/index.ts';
import { requireConnector, seesEntry } from '../token-limits.ts';
import { writeExport } from './write-export.ts';

const LINES_AT_ONCE = 50;

/** The journal as lines of JSON in a chain of hashes. An answer that breaks off has no last line, and so shows it. */
export const journalExportRoute = defineRoute({
  method: 'GET',
  path: '/journal/export',
  operationId: 'exportJournal',
  summary: 'The journal, oldest first, as lines of JSON (RFC 8785) in a chain of hashes',
  scopes: ['journal:read'],
  rateClass: 'journal',
  query: journalExportQuerySchema,
  answers: journalExportLineSchema,
  mediaType: 'application/x-ndjson',
  async handle({ backend, principal, query, signal }) {
    const { since = null, until = null, connector_id = null } = query;
    if (connector_id !== null) requireConnector(principal, connector_id);
    const { installationId, version, epoch, pages } = await backend.exportJournal(principal, query);
    const lines = writeExport(
      {
        ...{ installation_id: installationId, version, epoch, since, until, connector_id },
        connectors: principal.connectors === null ? null : [...principal.connectors].sort(),
        tools: principal.tools === null ? null : [...principal.tools].sort(),
        exported_at: new Date().toISOString(),
      },
      seen(pages, (entry) => seesEntry(principal, entry)),
    );
    const gone = AbortSignal.any([signal, principal.ended]);
    return { kind: 'stream', write: (response) => writeLines(response, lines, gone) };
  },
});

function* seen<Entry>(pages: Iterable<readonly Entry[]>, sees: (entry: Entry) => boolean): Generator<readonly Entry[]> {
  for (const page of pages) yield page.filter(sees);
}

/** Writes as fast as the reader reads. What goes wrong on the way ends the connection. */
async function writeLines(response: ServerResponse, lines: Iterable<string>, gone: AbortSignal): Promise<void> {
  response.writeHead(200, { 'Content-Type': 'application/x-ndjson; charset=utf-8', 'Cache-Control': 'no-store' });
  try {
    let count = 0;
    for (const line of lines) {
      if (!response.write(line)) await once(response, 'drain', { signal: gone });
      count += 1;
      // A reader that is fast enough would hold up everybody else.
      if (count % LINES_AT_ONCE === 0) await setImmediate();
      gone.throwIfAborted();
    }
  } catch (error) {
    response.destroy();
    if (gone.aborted) return;
    throw error;
  }
  response.end();
}

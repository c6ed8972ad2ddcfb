import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sampleEntry } from '../testing/samples.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';
import { verifyExport } from './verify-export.ts';

let server: TestServer;
beforeEach(async () => {
  server = await startTestServer();
});
afterEach(() => server.close());

const open = (query = '', token = 'full', signal?: AbortSignal) =>
  fetch(`${server.url}/v1/journal/export${query}`, {
    headers: { Authorization: `Bearer ${token}` },
    ...(signal === undefined ? {} : { signal }),
  });

async function exported(query = '', token = 'full') {
  const text = await (await open(query, token)).text();
  const verdict = await verifyExport(new Blob([text]).stream());
  const lines = text
    .trimEnd()
    .split('\n')
    .map((line): { type: string; entry: { journal_id: string } } => JSON.parse(line));
  return { verdict, ids: lines.filter(({ type }) => type === 'entry').map(({ entry }) => entry.journal_id) };
}

describe('GET /v1/journal/export', () => {
  it('is lines of JSON that verify', async () => {
    server.backend.entries.push(sampleEntry({ journal_id: 'jr_2' }));
    const response = await open();
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/x-ndjson; charset=utf-8');
    expect(response.headers.get('x-request-id')).not.toBeNull();
    await response.text();
    const { verdict, ids } = await exported();
    expect(verdict).toMatchObject({ whole: true, count: 2, header: { installation_id: 'in_1', epoch: 'ep_1' } });
    expect(ids).toEqual(['jr_1', 'jr_2']);
  });

  it('holds what a token may see, and its header says so', async () => {
    server.backend.entries.push(sampleEntry({ journal_id: 'jr_2', connector_id: 'cn_other' }));
    server.addToken('limited', { connectors: ['cn_other'], tools: ['relay.set'] });
    const { verdict, ids } = await exported('', 'limited');
    expect(ids).toEqual(
      server.backend.entries
        .filter((entry) => entry.tool === 'relay.set' && entry.connector_id === 'cn_other')
        .map(({ journal_id: id }) => id),
    );
    expect(verdict).toMatchObject({ whole: true, header: { connectors: ['cn_other'], tools: ['relay.set'] } });
    expect((await open('?connector_id=cn_1', 'limited')).status).toBe(404);
  });

  it('needs journal:read, and parameters that make sense', async () => {
    server.addToken('reader', { scopes: ['connectors:read'] });
    expect((await open('', 'reader')).status).toBe(403);
    for (const query of ['?since=yesterday', '?until=', '?limit=5', '?since=2026-07-01'])
      expect((await open(query)).status).toBe(400);
  });

  it('that breaks off has no last line, and the fault is told', async () => {
    const { pages, ...facts } = await server.backend.exportJournal(
      {
        id: 'x',
        kind: 'token',
        name: 'x',
        scopes: new Set(),
        local: false,
        connectors: null,
        tools: null,
        ended: new AbortController().signal,
      },
      {},
    );
    server.backend.exportJournal = async () => ({
      ...facts,
      pages: (function* () {
        yield* pages;
        throw new Error('the disk is gone');
      })(),
    });
    await expect(open().then((response) => response.text())).rejects.toThrow();
    expect(server.faults).toEqual([expect.objectContaining({ message: 'the disk is gone' })]);
  });

  it('goes no faster than its reader, and ends when the reader is gone', async () => {
    let pagesRead = 0;
    let ended = false;
    const page = Array.from({ length: 200 }, (_, index) => sampleEntry({ journal_id: `jr_${index}` }));
    const { pages: _, ...facts } = await server.backend.exportJournal(
      server.principals.get('full') ?? neverThere(),
      {},
    );
    const over = Promise.withResolvers<void>();
    server.backend.exportJournal = async () => ({
      ...facts,
      pages: (function* () {
        try {
          for (; pagesRead < 100_000; pagesRead += 1) yield page;
        } finally {
          ended = true;
          over.resolve();
        }
      })(),
    });
    const leave = new AbortController();
    const response = await open('', 'full', leave.signal);
    const reader = response.body?.getReader();
    await reader?.read();
    leave.abort();
    await over.promise;
    expect(ended).toBe(true);
    expect(pagesRead).toBeLessThan(1_000);
    expect(server.faults).toEqual([]);
  });
});

function neverThere(): never {
  throw new Error('the test server has no token "full"');
}

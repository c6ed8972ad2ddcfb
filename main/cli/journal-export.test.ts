import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ConnectorsBackend } from '../api/index.ts';
import type { JournalExportFilter } from '../api/schemas/index.ts';
import { sampleEntry } from '../api/testing/samples.ts';
import { exitCodes } from './exit-codes.ts';
import { type AgentDouble, runIn, startAgentDouble } from './testing/agent-double.ts';
import { sampleConnector } from './testing/sample-objects.ts';

const asked: JournalExportFilter[] = [];
const facts = { installationId: 'in_1', version: '0.1.0', epoch: 'ep_1' };
const backend: Partial<ConnectorsBackend> = {
  listConnectors: async () => ({ items: [sampleConnector], next: null }),
  async exportJournal(_principal, filter) {
    asked.push(filter);
    return { ...facts, pages: [[sampleEntry({ journal_id: 'jr_1' }), sampleEntry({ journal_id: 'jr_2' })]] };
  },
};

let agent: AgentDouble;
beforeEach(async () => {
  asked.length = 0;
  agent = await startAgentDouble(backend);
});
afterEach(() => agent.close());

/** An export in a file, and the hash that was told with it. */
async function exportToFile(): Promise<{ file: string; hash: string; text: string }> {
  const { code, out, err } = await agent.run('journal', 'export');
  expect(code).toBe(exitCodes.ok);
  const file = join(agent.folder, 'journal.jsonl');
  writeFileSync(file, out);
  return { file, text: out, hash: /hash ([0-9a-f]{64})/.exec(err)?.[1] ?? '' };
}

describe('journal export', () => {
  it('writes nothing but the lines, and notes count and hash for people', async () => {
    const { text } = await exportToFile();
    expect(text.split('\n').map((line) => (line === '' ? '' : JSON.parse(line).type))).toEqual([
      'header',
      'entry',
      'entry',
      'trailer',
      '',
    ]);
  });

  it('takes days, times with a zone, a connector by name, and one that is gone by id', async () => {
    await agent.run('journal', 'export', '--since', '2026-07-01', '--until', '2026-07-02T02:00:00+02:00');
    await agent.run('journal', 'export', '--connector', sampleConnector.name);
    await agent.run('journal', 'export', '--connector', 'cn_gone');
    expect(asked).toEqual([
      { since: '2026-07-01T00:00:00.000Z', until: '2026-07-02T00:00:00.000Z' },
      { connector_id: sampleConnector.id },
      { connector_id: 'cn_gone' },
    ]);
    expect(await agent.run('journal', 'export', '--since', 'yesterday')).toMatchObject({
      code: exitCodes.usage,
      out: '',
    });
    expect(await agent.run('journal', 'export', '--connector', 'x')).toMatchObject({
      code: exitCodes.notFound,
      out: '',
    });
  });

  it('that breaks off is a failure', async () => {
    await agent.close();
    agent = await startAgentDouble({
      ...backend,
      exportJournal: async () => ({
        ...facts,
        pages: (function* () {
          yield [sampleEntry({ journal_id: 'jr_1' })];
          throw new Error('gone');
        })(),
      }),
    });
    const { code } = await agent.run('journal', 'export');
    expect([exitCodes.failure, exitCodes.agentUnreachable]).toContain(code);
  });
});

describe('journal verify', () => {
  it('needs no agent, and says what the file is', async () => {
    const { file, hash } = await exportToFile();
    const nobody = mkdtempSync(join(tmpdir(), 'fibric-nobody-'));
    const { code, out } = await runIn(nobody, ['journal', 'verify', file, '--hash', hash]);
    rmSync(nobody, { recursive: true });
    expect(code).toBe(exitCodes.ok);
    expect(out).toContain('2 side effects');
    expect(out).toContain('in_1');
  });

  it('names the first line that is wrong and why, as text and as JSON', async () => {
    const { file, text } = await exportToFile();
    writeFileSync(file, text.replace('jr_2', 'jr_3'));
    const told = await agent.run('journal', 'verify', file);
    expect(told).toMatchObject({ code: exitCodes.failure });
    expect(told.out).toMatch(/Line 3: edited\./);
    const { out } = await agent.run('journal', 'verify', file, '--json');
    expect(JSON.parse(out)).toMatchObject({ file, whole: false, line: 3, fault: 'edited' });
    writeFileSync(file, text);
    truncateSync(file, text.length - 1);
    expect((await agent.run('journal', 'verify', file)).out).toMatch(/Line 4: cut off\./);
  });

  it('tells an export that was written anew by the hash that was noted', async () => {
    const { file } = await exportToFile();
    const told = await agent.run('journal', 'verify', file, '--hash', 'a'.repeat(64));
    expect(told).toMatchObject({ code: exitCodes.failure, out: expect.stringContaining('another export') });
  });

  it('says so when there is no such file', async () => {
    expect(await agent.run('journal', 'verify', '/nowhere')).toMatchObject({ code: exitCodes.usage, out: '' });
  });
});

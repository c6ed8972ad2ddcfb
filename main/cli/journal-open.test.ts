import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JournalEntryObject } from '../api/schemas/index.ts';
import { sampleEntry } from '../api/testing/samples.ts';
import { exitCodes } from './exit-codes.ts';
import { type AgentDouble, startAgentDouble } from './testing/agent-double.ts';

const settlement = { answer: 'happened', by: 'Ada', note: null, at: '2026-11-26T08:00:00.000Z' } as const;
let rows: JournalEntryObject[] = [];
/** How often the journal was asked for what is sent. */
let asked = 0;
let agent: AgentDouble;
beforeEach(async () => {
  rows = [];
  asked = 0;
  agent = await startAgentDouble({
    async listJournal(_principal, { state }) {
      if (state === 'sent') asked += 1;
      return { items: rows.filter((row) => row.state === state), next: null };
    },
  });
});
afterEach(() => agent.close());

describe('journal open', () => {
  it('says that nothing is open, whatever is over', async () => {
    rows = [
      sampleEntry({ journal_id: 'jr_1', state: 'applied' }),
      sampleEntry({ journal_id: 'jr_2', state: 'refused' }),
      sampleEntry({ journal_id: 'jr_3', state: 'unknown', settlement }),
    ];
    expect(await agent.run('journal', 'open')).toMatchObject({ code: exitCodes.ok, out: 'Nothing is open.\n' });
  });

  it.each(['accepted', 'sent', 'awaiting_approval', 'unknown'] as const)(
    'lists what is %s, with code 3',
    async (state) => {
      rows = [sampleEntry({ journal_id: 'jr_4', state, settlement: null })];
      const { code, out } = await agent.run('journal', 'open');
      expect(code).toBe(exitCodes.refused);
      expect(out).toMatch(new RegExp(`jr_4 .*${state}`));
      const json = JSON.parse((await agent.run('journal', 'open', '--json')).out);
      expect([...json.acting, ...json.waiting, ...json.doubtful]).toHaveLength(1);
    },
  );

  it('waits until it is over, but not for what only a person can settle', async () => {
    rows = [sampleEntry({ journal_id: 'jr_5', state: 'unknown', settlement: null })];
    expect((await agent.run('journal', 'open', '--wait', '3600')).code).toBe(exitCodes.refused);
    expect(asked).toBe(1);
    expect((await agent.run('journal', 'open', '--wait', 'long')).code).toBe(exitCodes.usage);
  });
});

import { readFileSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { AgentError } from '../../drivers/kit/index.ts';
import type { ConnectorsBackend } from '../api/index.ts';
import type {
  ApprovalDecisionBody,
  ApprovalObject,
  ApprovalPinBody,
  JournalEntryObject,
  SettleBody,
  StreamEvent,
} from '../api/schemas/index.ts';
import { timeLeft } from './approval-words.ts';
import { exitCodes } from './exit-codes.ts';
import { type AgentDouble, startAgentDouble } from './testing/agent-double.ts';
import { sampleApproval, sampleEntry } from './testing/sample-objects.ts';

let agent: AgentDouble | null = null;
afterEach(async () => {
  await agent?.close();
  agent = null;
});

const png = Buffer.from('89504e470d0a1a0a', 'hex');

interface Given {
  readonly approve: ApprovalDecisionBody[];
  readonly deny: ApprovalDecisionBody[];
  readonly pin: ApprovalPinBody[];
}

async function start(
  options: {
    readonly approval?: Partial<ApprovalObject>;
    readonly pinSet?: boolean;
    readonly preview?: boolean;
    readonly backend?: Partial<ConnectorsBackend>;
  } = {},
): Promise<AgentDouble & { readonly given: Given }> {
  const given: Given = { approve: [], deny: [], pin: [] };
  const waiting = sampleApproval(options.approval ?? {});
  const decided = (state: 'approved' | 'denied', row: ApprovalObject['journal_state']): ApprovalObject => ({
    ...waiting,
    state,
    journal_state: row,
    evidence: row === 'applied' ? 'read_back' : null,
    decision: { state, by: 'local-admin', note: null, at: waiting.requested_at },
  });
  agent = await startAgentDouble({
    listApprovals: async () => ({ items: [waiting], next: null }),
    async getApproval(_principal, id) {
      if (id !== waiting.id) throw new AgentError('not_found', 'There is no such approval.');
      const preview = {
        object: 'preview' as const,
        connector_id: waiting.connector_id,
        tool: waiting.tool,
        media_type: 'image/png' as const,
        data: png.toString('base64'),
        width_dots: 512,
        height_dots: 100,
        notes: ['the cut'],
      };
      return { ...waiting, preview: options.preview === true ? preview : null };
    },
    getApprovalPin: async () => ({ object: 'approval_pin', set: options.pinSet ?? false }),
    async setApprovalPin(_principal, body) {
      given.pin.push(body);
      return { object: 'approval_pin', set: body.pin !== undefined };
    },
    async approve(_principal, _id, body) {
      given.approve.push(body);
      if (options.pinSet === true && body.pin !== '4711') throw new AgentError('pin_incorrect', 'This is not the PIN.');
      return decided('approved', 'applied');
    },
    async deny(_principal, _id, body) {
      given.deny.push(body);
      return decided('denied', 'refused');
    },
    ...options.backend,
  });
  return { ...agent, given };
}

describe('approvals', () => {
  it('are listed with what is left, as a table and as JSON; nothing waiting says what would', async () => {
    const { run } = await start();
    const { code, out } = await run('approvals');
    expect(code).toBe(exitCodes.ok);
    expect(out.split('\n')[0]).toMatch(/^ID +LEFT +CONNECTOR +WHAT +EXACTLY +ASKED BY +STATE/);
    expect(out).toContain('relay.set {"relay":2,"on":true}');
    const { out: json } = await run('approvals', 'list', '--json');
    expect(JSON.parse(json)).toEqual([sampleApproval({})]);
    await agent?.close();
    const none = await start({ backend: { listApprovals: async () => ({ items: [], next: null }) } });
    expect((await none.run('approvals', 'list')).out).toContain('No approvals. When a program wants');
  });

  it('count down to 0:00 and no further', () => {
    const at = '2026-06-01T10:02:00.000Z';
    expect(timeLeft(at, Date.parse('2026-06-01T10:00:00.000Z'))).toBe('2:00');
    expect(timeLeft(at, Date.parse('2026-06-01T10:01:50.001Z'))).toBe('0:10');
    expect(timeLeft(at, Date.parse('2026-06-01T11:00:00.000Z'))).toBe('0:00');
  });

  it('show everything, and write a picture where there is one', async () => {
    const { run, folder } = await start({ preview: true });
    const shown = await run('approvals', 'show', 'ap_0a');
    expect(shown.code).toBe(exitCodes.ok);
    for (const text of [
      'gate',
      'Relay board',
      'Switch relay 2 on',
      '{"relay":2,"on":true}',
      'dispatch',
      'order-7',
      'not as loud',
    ]) {
      expect(shown.out).toContain(text);
    }
    const path = /Preview: (.*)/.exec(shown.out)?.[1] ?? '';
    expect(readFileSync(path)).toEqual(png);
    expect(statSync(path).mode & 0o077).toBe(0);
    expect(shown.out).toContain("The picture can't show: the cut");
    rmSync(dirname(path), { recursive: true });
    const { out } = await run('approvals', 'show', 'ap_0a', '--preview', `${folder}/p.png`, '--json');
    expect(JSON.parse(out)).toMatchObject({ preview_path: `${folder}/p.png` });
    await agent?.close();
    const plainOne = await start();
    expect((await plainOne.run('approvals', 'show', 'ap_0a')).out).toContain('draws no preview');
  });

  it('are allowed by one who says yes after seeing all of it; by nobody else', async () => {
    const { run, runWith, given } = await start();
    expect((await run('approvals', 'approve', 'ap_0a')).code).toBe(exitCodes.usage);
    const no = await runWith({ kind: 'typed', lines: ['n'] }, 'approvals', 'approve', 'ap_0a');
    expect(no).toMatchObject({ code: exitCodes.refused });
    expect(no.err).toContain('{"relay":2,"on":true}');
    expect(given.approve).toEqual([]);
    const yes = await runWith({ kind: 'typed', lines: ['y'] }, 'approvals', 'approve', 'ap_0a', '--note', 'clear');
    expect(yes).toMatchObject({ code: exitCodes.ok });
    expect(yes.out).toContain('allowed by local-admin: applied (read_back)');
    expect(given.approve).toEqual([{ note: 'clear' }]);
  });

  it('take the PIN from a terminal without showing it, or piped; a wrong one is exit code 3', async () => {
    const { run, runWith, given } = await start({ pinSet: true });
    const typed = await runWith({ kind: 'typed', lines: ['47\u007f711'] }, 'approvals', 'approve', 'ap_0a', '--yes');
    expect(typed).toMatchObject({ code: exitCodes.ok });
    expect(typed.out + typed.err).not.toContain('711');
    expect(typed.err).toMatch(/<raw>PIN: \n?<\/raw>/);
    const piped = await runWith(
      { kind: 'piped', text: '4711\n' },
      'approvals',
      'approve',
      'ap_0a',
      '--yes',
      '--pin-stdin',
    );
    expect(piped).toMatchObject({ code: exitCodes.ok });
    const wrong = await runWith(
      { kind: 'piped', text: '1\n' },
      'approvals',
      'approve',
      'ap_0a',
      '--yes',
      '--pin-stdin',
    );
    expect(wrong).toMatchObject({ code: exitCodes.refused, out: '' });
    expect(given.approve).toEqual([{ pin: '4711' }, { pin: '4711' }, { pin: '1' }]);
    expect(await run('approvals', 'approve', 'ap_0a', '--yes')).toMatchObject({ code: exitCodes.usage });
    expect((await run('approvals', 'approve', '--help')).out).not.toMatch(/--pin /);
  });

  it('are denied without a question', async () => {
    const { run, given } = await start();
    const denied = await run('approvals', 'deny', 'ap_0a', '--note', 'busy', '--json');
    expect(denied.code).toBe(exitCodes.ok);
    expect(JSON.parse(denied.out)).toMatchObject({ state: 'denied' });
    expect(given.deny).toEqual([{ note: 'busy' }]);
  });

  it.each([
    ['refused', exitCodes.refused],
    ['failed', exitCodes.failure],
    ['unknown', exitCodes.unknownOutcome],
    ['sent', exitCodes.pending],
  ] as const)('allowed, but %s: exit code %s', async (journal_state, code) => {
    const { run } = await start({
      backend: { approve: async () => sampleApproval({ state: 'approved', journal_state }) },
    });
    expect((await run('approvals', 'approve', 'ap_0a', '--yes')).code).toBe(code);
  });

  it('are watched: what waits first, then each change, as JSON lines too', async () => {
    const tellers = new Set<(event: StreamEvent) => void>();
    const { runUntil } = await start({
      backend: {
        subscribe(_principal, listener) {
          tellers.add(listener);
          return () => void tellers.delete(listener);
        },
      },
    });
    const decided = sampleApproval({ state: 'expired', journal_state: 'refused' });
    const watch = (...flags: string[]) =>
      runUntil(
        (out, interrupt) => {
          const lines = out.split('\n').length - 1;
          if (lines === 1) for (const tell of tellers) tell({ type: 'approval', approval: decided });
          if (lines === 2) interrupt();
        },
        'approvals',
        'watch',
        ...flags,
      );
    const told = await watch();
    expect(told.code).toBe(exitCodes.ok);
    expect(told.out).toMatch(/asked by dispatch, until .*\n.*expired\n$/);
    const { out } = await watch('--json');
    expect(
      out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).state),
    ).toEqual(['waiting', 'expired']);
  });
});

describe('the PIN', () => {
  it('is typed twice to be set, and the old one first where there is one', async () => {
    const first = await start();
    await first.runWith({ kind: 'typed', lines: ['4711', '4712'] }, 'approvals', 'pin', 'set');
    expect(first.given.pin).toEqual([]);
    const ran = await first.runWith({ kind: 'typed', lines: ['4711', '4711'] }, 'approvals', 'pin', 'set');
    expect(ran.code).toBe(exitCodes.ok);
    expect(ran.out + ran.err).not.toContain('4711');
    expect(first.given.pin).toEqual([{ pin: '4711' }]);
    await agent?.close();
    const second = await start({ pinSet: true });
    await second.runWith({ kind: 'piped', text: '4711\n0815\n' }, 'approvals', 'pin', 'set', '--pin-stdin');
    await second.runWith({ kind: 'typed', lines: ['0815'] }, 'approvals', 'pin', 'remove');
    expect(second.given.pin).toEqual([{ pin: '0815', current: '4711' }, { current: '0815' }]);
  });

  it('must be digits: nothing of what was typed comes back', async () => {
    const { runWith } = await start();
    const wrong = await runWith(
      { kind: 'piped', text: 'letters\n' },
      'approvals',
      'pin',
      'set',
      '--pin-stdin',
      '--json',
    );
    expect(wrong.code).toBe(exitCodes.usage);
    expect(wrong.err).not.toContain('letters');
  });
});

describe('journal settle', () => {
  const settling = async (entry: Partial<JournalEntryObject> = {}) => {
    const given: SettleBody[] = [];
    const row = sampleEntry({ state: 'unknown', ...entry });
    const started = await start({
      backend: {
        getJournalEntry: async () => row,
        async settleJournalEntry(_principal, _id, body) {
          given.push(body);
          return {
            ...row,
            settlement: { answer: body.answer, by: body.by ?? '', note: body.note ?? null, at: row.created_at },
          };
        },
      },
    });
    return { ...started, given };
  };

  it('asks one question in words of the effect, and records who answered', async () => {
    const { runWith, given } = await settling();
    const ran = await runWith({ kind: 'typed', lines: ['y'] }, 'journal', 'settle', 'jr_1', '--by', 'Ada');
    expect(ran.code).toBe(exitCodes.ok);
    expect(ran.err).toContain('Did relay 2 switch on?');
    expect(ran.out).toContain('happened by Ada');
    expect(given).toEqual([{ answer: 'happened', by: 'Ada' }]);
  });

  it('leaves it open on Enter', async () => {
    const { runWith, given } = await settling();
    const ran = await runWith({ kind: 'typed', lines: [''] }, 'journal', 'settle', 'jr_1');
    expect(ran).toMatchObject({ code: exitCodes.unknownOutcome });
    expect(given).toEqual([]);
  });

  it('takes the answer of a script, and asks nobody', async () => {
    const { run, given } = await settling();
    expect((await run('journal', 'settle', 'jr_1')).code).toBe(exitCodes.usage);
    expect((await run('journal', 'settle', 'jr_1', '--happened', '--did-not-happen')).code).toBe(exitCodes.usage);
    const ran = await run('journal', 'settle', 'jr_1', '--did-not-happen', '--note', 'shut', '--by', 'Ada', '--json');
    expect(ran.code).toBe(exitCodes.ok);
    expect(given).toEqual([{ answer: 'did_not_happen', note: 'shut', by: 'Ada' }]);
  });

  it('does not ask about a row that needs no answer', async () => {
    const { runWith, given } = await settling({ state: 'applied' });
    const ran = await runWith({ kind: 'typed', lines: ['y'] }, 'journal', 'settle', 'jr_1');
    expect(ran.code).toBe(exitCodes.refused);
    expect(given).toEqual([]);
  });
});

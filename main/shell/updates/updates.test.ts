import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AgentError } from '../../../drivers/kit/index.ts';
import type { ApiClient } from '../../api/client.ts';
import type { JournalEntryObject } from '../../api/schemas/index.ts';
import type { NewIncident } from '../incidents.ts';
import { openSettings } from '../settings.ts';
import { running, stopped } from '../testing/facts.ts';
import { createManualClock } from '../testing/manual-clock.ts';
import type { UpdateEngine } from './engine.ts';
import type { UpdateFacts } from './update-facts.ts';
import { createUpdates, type UpdateParts } from './updates.ts';

const MINUTE_MS = 60_000;
type Row = Pick<JournalEntryObject, 'state' | 'settlement'>;

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'updates-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** One program's life: what is offered, what the agent's journal has, and what became of it. */
function life(change: Partial<UpdateParts> & { readonly version?: string } = {}) {
  const clock = createManualClock();
  const settings = openSettings(join(folder, 'shell.json'));
  const ending = new AbortController();
  const log: string[] = [];
  const incidents: NewIncident[] = [];
  const world = {
    offered: '0.2.0' as string | null,
    fetchFails: null as AgentError | null,
    rows: [] as Row[],
    agent: true,
    watched: false,
    answer: true,
    former: false,
    asked: [] as string[],
    /** Called while a question stands. */
    meanwhile: () => {},
  };
  const engine: UpdateEngine = {
    look: async () => world.offered,
    async fetch(onPercent) {
      if (world.fetchFails !== null) throw world.fetchFails;
      onPercent(50);
      log.push('fetched');
    },
    install: () => void log.push('installed'),
    keepsFormer: () => world.former,
    putBack: () => void log.push('put back'),
  };
  const updates = createUpdates({
    clock,
    way: 'self',
    mode: 'ask',
    version: '0.1.0',
    engine,
    versionInPlace: () => '0.1.0',
    settings,
    incidents: { file: '', read: () => [], record: (incident) => void incidents.push(incident) },
    api: () =>
      world.agent
        ? {
            listJournal: async ({ state } = {}) => ({
              object: 'list' as const,
              data: world.rows.filter((row) => row.state === state) as Awaited<
                ReturnType<ApiClient['listJournal']>
              >['data'],
              has_more: false,
              next_cursor: null,
            }),
          }
        : null,
    unwatched: () => !world.watched,
    async endWith(last) {
      log.push('agent ended');
      last();
      log.push('ended');
      ending.abort();
    },
    relaunch: () => void log.push('started anew'),
    async ask(what) {
      world.asked.push(what);
      world.meanwhile();
      return world.answer;
    },
    changed: () => {},
    signal: ending.signal,
    ...change,
  });
  /** Lets what was begun come to rest: everything here is ready at once. */
  const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
  return {
    updates,
    clock,
    settings,
    log,
    incidents,
    world,
    end: () => ending.abort(),
    async pass(durationMs: number) {
      for (let passed = 0; passed < durationMs; passed += 30_000) {
        clock.advance(30_000);
        await settle();
      }
    },
    settle,
    phase: (): Pick<UpdateFacts, 'phase' | 'version'> => {
      const { phase, version } = updates.facts();
      return { phase, version };
    },
  };
}

const row = (state: Row['state'], settlement: Row['settlement'] = null): Row => ({ state, settlement });

describe('an update that the program fetches itself', () => {
  it('is looked for a minute after the start, fetched, and waits for a person', async () => {
    const { updates, pass, phase, log, end } = life();
    updates.start();
    await pass(30_000);
    expect(phase()).toEqual({ phase: 'idle', version: null });
    await pass(MINUTE_MS);
    expect(phase()).toEqual({ phase: 'ready', version: '0.2.0' });
    await pass(60 * MINUTE_MS);
    expect(log).toEqual(['fetched']);
    await updates.install();
    expect(log).toEqual(['fetched', 'agent ended', 'installed', 'ended']);
    end();
  });

  it.each(['sent', 'accepted', 'awaiting_approval', 'unknown'] as const)(
    'never goes in while a row of the journal is %s, whoever asks',
    async (state) => {
      const { updates, pass, log, world, end } = life({ mode: 'automatic' });
      world.rows = [row(state)];
      updates.start();
      await pass(10 * MINUTE_MS);
      await expect(updates.install()).rejects.toMatchObject({ code: 'refused' });
      expect(world.asked).toEqual([]);
      expect(updates.facts().hold).toMatchObject({ for: 'actions' });
      expect(log).toEqual(['fetched']);
      world.rows = [];
      await pass(MINUTE_MS);
      expect(log).toEqual(['fetched', 'agent ended', 'installed', 'ended']);
      end();
    },
  );

  it('goes in over rows that are over, and over one in doubt that a person has settled', async () => {
    const { updates, pass, log, world } = life({ mode: 'automatic' });
    world.rows = [
      row('applied'),
      row('failed'),
      row('refused'),
      row('unknown', { answer: 'happened', by: 'Ada', note: null, at: '2026-11-26T08:00:00.000Z' }),
    ];
    updates.start();
    await pass(3 * MINUTE_MS);
    expect(log).toContain('installed');
  });

  it('is called off when something begins while the question stands', async () => {
    const { updates, world, log, end } = life();
    updates.start();
    await updates.look();
    world.meanwhile = () => {
      world.rows = [row('sent')];
    };
    await expect(updates.install()).rejects.toMatchObject({ code: 'refused' });
    expect(log).toEqual(['fetched']);
    end();
  });

  it('is asked for with other words when no agent can be asked, and never happens by itself then', async () => {
    const { updates, world, pass, log, end } = life({ mode: 'automatic' });
    world.agent = false;
    updates.start();
    await pass(30 * MINUTE_MS);
    expect(updates.facts().hold).toEqual({ for: 'agent' });
    world.answer = false;
    await updates.install();
    expect([world.asked, log]).toEqual([['update-unasked'], ['fetched']]);
    end();
  });

  it('does not take the window away from who looks at it', async () => {
    const { updates, world, pass, log, end } = life({ mode: 'automatic' });
    world.watched = true;
    updates.start();
    await pass(30 * MINUTE_MS);
    expect(log).toEqual(['fetched']);
    world.watched = false;
    await pass(MINUTE_MS);
    expect(log).toContain('installed');
    end();
  });

  it('is not looked for when it is turned off, but when a person asks', async () => {
    const { updates, pass, phase, end } = life({ mode: 'off' });
    updates.start();
    await pass(60 * MINUTE_MS);
    expect(phase().phase).toBe('idle');
    await updates.look();
    expect(phase()).toEqual({ phase: 'ready', version: '0.2.0' });
    end();
  });

  it('says why it could not be fetched, and is tried again hours later', async () => {
    const { updates, world, pass, phase, incidents, end } = life();
    world.fetchFails = new AgentError('refused', 'its checksum is wrong');
    updates.start();
    await pass(2 * MINUTE_MS);
    expect([phase().phase, updates.facts().problem]).toEqual(['idle', 'its checksum is wrong']);
    expect(incidents.map(({ kind }) => kind)).toEqual(['update-failed']);
    await expect(updates.look()).rejects.toMatchObject({ message: 'its checksum is wrong' });
    world.fetchFails = null;
    await pass(6 * 60 * MINUTE_MS);
    expect(phase()).toEqual({ phase: 'ready', version: '0.2.0' });
    expect(updates.facts().problem).toBeNull();
    end();
  });
});

describe('after an update', () => {
  const begin = async () => {
    const before = life();
    before.updates.start();
    await before.updates.look();
    await before.updates.install();
  };

  it('it is said that it worked when the agent is there, once', async () => {
    await begin();
    const after = life({ version: '0.2.0' });
    after.updates.start();
    expect(after.phase()).toEqual({ phase: 'proving', version: '0.2.0' });
    after.updates.observe(running());
    expect(after.updates.facts().result).toEqual({ outcome: 'updated', from: '0.1.0', to: '0.2.0' });
    expect(after.phase().phase).toBe('idle');
    after.end();
    const later = life({ version: '0.2.0' });
    later.updates.start();
    expect(later.updates.facts().result).toBeNull();
    later.end();
  });

  it('it is said when the old version runs, and the new one is not tried again by itself', async () => {
    await begin();
    const after = life({ mode: 'automatic' });
    after.updates.start();
    expect(after.updates.facts().result).toMatchObject({ outcome: 'not-taken', to: '0.2.0' });
    await after.pass(2 * MINUTE_MS);
    expect([after.phase().phase, after.log]).toEqual(['idle', []]);
    await after.updates.look();
    expect(after.phase().phase).toBe('ready');
    after.end();
  });

  it('an agent that does not come up is said, and a person may go back', async () => {
    await begin();
    const after = life({ version: '0.2.0' });
    after.world.former = true;
    after.updates.start();
    after.updates.observe(stopped(1));
    expect(after.updates.facts().result).toBeNull();
    after.updates.observe(stopped(3));
    expect(after.updates.facts()).toMatchObject({ result: { outcome: 'agent-down' }, canPutBack: true });
    await after.settle();
    expect(after.log).toEqual([]);
    await after.updates.putBack();
    expect([after.world.asked, after.log]).toEqual([['put-back'], ['agent ended', 'put back', 'ended']]);
    const back = life({ mode: 'automatic' });
    back.updates.start();
    expect(back.updates.facts().result).toEqual({ outcome: 'put-back', from: '0.2.0', to: '0.1.0' });
    await back.pass(2 * MINUTE_MS);
    expect(back.log).toEqual([]);
    back.end();
  });

  it('where nobody is asked, the version before is put back by itself', async () => {
    await begin();
    const after = life({ version: '0.2.0', mode: 'automatic' });
    after.world.former = true;
    after.updates.start();
    after.updates.observe(stopped(3));
    await after.settle();
    expect(after.log).toEqual(['agent ended', 'put back', 'ended']);
  });

  it('an agent that has not answered for five minutes has not come up; a silent service is not ours to judge', async () => {
    await begin();
    const own = life({ version: '0.2.0' });
    own.updates.start();
    own.updates.observe({ phase: 'starting', owner: 'shell' });
    await own.pass(6 * MINUTE_MS);
    expect(own.updates.facts().result?.outcome).toBe('agent-down');
    own.end();
    own.settings.change({ update: { from: '0.1.0', to: '0.2.0', put_back: false } });
    const service = life({ version: '0.2.0' });
    service.updates.start();
    const silent = stopped(9);
    if (silent.phase === 'stopped') service.updates.observe({ ...silent, owner: null });
    await service.pass(6 * MINUTE_MS);
    expect(service.updates.facts().result?.outcome).toBe('updated');
    service.end();
  });
});

describe('an update by the package manager', () => {
  it('is noticed by what lies in the place, and restarted into when nothing is open', async () => {
    let inPlace = '0.1.0';
    const { updates, pass, phase, world, log, end } = life({
      way: 'package-manager',
      engine: null,
      versionInPlace: () => inPlace,
    });
    updates.start();
    await pass(10 * MINUTE_MS);
    expect(phase()).toEqual({ phase: 'idle', version: null });
    await expect(updates.look()).rejects.toMatchObject({ code: 'not_supported' });
    inPlace = '0.3.0';
    await pass(MINUTE_MS);
    expect(phase()).toEqual({ phase: 'restart', version: '0.3.0' });
    world.rows = [row('sent')];
    await expect(updates.install()).rejects.toMatchObject({ code: 'refused' });
    world.rows = [];
    await updates.install();
    expect([world.asked, log]).toEqual([['restart'], ['agent ended', 'started anew', 'ended']]);
    end();
  });
});

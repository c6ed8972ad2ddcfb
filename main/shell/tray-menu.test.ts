import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AgentState } from './agent-state.ts';
import { connector, facts, running, stopped, updateFacts } from './testing/facts.ts';
import type { TrayItem } from './tray-item.ts';
import { type TraySource, trayModel } from './tray-menu.ts';
import { trayShape } from './verdict.ts';
import { en } from './words/en.ts';

const source = (state: AgentState, change: Partial<TraySource> = {}): TraySource => ({
  state,
  words: en,
  platform: 'linux',
  version: '1.4.1',
  autostart: false,
  kiosk: false,
  updates: updateFacts(),
  ...change,
});
const flat = (items: readonly TrayItem[]): readonly TrayItem[] =>
  items.flatMap((item) => (item.kind === 'submenu' ? [item, ...flat(item.items)] : [item]));
const labels = (items: readonly TrayItem[]) =>
  items.flatMap((item) => (item.kind === 'separator' ? ['—'] : [item.label]));
const find = (items: readonly TrayItem[], id: string) =>
  flat(items).find((item) => item.kind !== 'separator' && item.id === id);

const approval = { id: 'ap_1', connectorName: 'Back door', tool: 'access.unlock', expiresAtMs: 0 };
const unknown = { journalId: 'jr_1', connectorName: 'Gate', tool: 'relay.set' };

describe('the tray', () => {
  it('tells the most serious thing by its shape', () => {
    const ill = connector({ id: 'cn_1', state: 'error', reason: 'no_reply' });
    expect(trayShape(stopped())).toBe('stopped');
    expect(trayShape({ phase: 'starting', owner: null })).toBe('starting');
    expect(trayShape(running())).toBe('working');
    expect(trayShape(running({ paused: true }))).toBe('paused');
    expect(trayShape(running({ paused: true, connectors: [ill] }))).toBe('attention');
    expect(trayShape(running({ connectors: [connector({ id: 'a', state: 'pending_auth' })] }))).toBe('attention');
    expect(trayShape(running({ vaultProblem: 'locked' }))).toBe('attention');
    expect(trayShape(running({ journalWhole: false }))).toBe('attention');
    expect(trayShape(running({ connectors: [ill], unknowns: [unknown] }))).toBe('unknown');
    expect(trayShape(running({ connectors: [ill], unknowns: [unknown], approvals: [approval] }))).toBe('approval');
    expect(trayShape(running({ connectors: [connector({ id: 'a', state: 'listening' })] }))).toBe('working');
  });

  it('lists what the design lists, in its order', () => {
    const model = trayModel(
      source(
        running({
          connectors: [
            connector({ id: 'cn_1', name: 'Front scale' }),
            connector({ id: 'cn_2', name: 'Till 2', state: 'error', reason: 'device_unplugged' }),
          ],
          approvals: [approval, { ...approval, id: 'ap_2' }],
          unknowns: [unknown],
        }),
      ),
    );
    expect(labels(model.items)).toEqual([
      'Open Fibric Edge',
      '1 working, 1 needs attention',
      '—',
      'Till 2: Unplugged',
      'Approvals waiting: 2…',
      'Answer what happened: 1…',
      '—',
      'Connectors',
      '—',
      'Pause actions',
      'Cloud: not paired…',
      '—',
      'Start when I sign in',
      'Support…',
      'Version 1.4.1',
      '—',
      'Quit and stop devices…',
    ]);
    expect(model.tooltip).toBe('1 working, 1 needs attention');
    expect(find(model.items, 'uninstall:cn_2')).toMatchObject({
      label: 'Uninstall…',
      command: { do: 'uninstall', connectorId: 'cn_2', name: 'Till 2' },
    });
    expect(find(model.items, 'state:cn_2')).toMatchObject({ kind: 'text', label: 'Unplugged' });
    expect(find(model.items, 'problem:cn_2')).toMatchObject({ command: { do: 'open', place: '/connectors/cn_2' } });
  });

  it('approves nothing', () => {
    const model = trayModel(source(running({ approvals: [approval] })));
    expect(find(model.items, 'approvals')).toMatchObject({ command: { do: 'open', place: '/approvals' } });
    expect(JSON.stringify(flat(model.items))).not.toContain('ap_1');
  });

  it('shows three problems and fifteen connectors, those that need a person first, and how many more there are', () => {
    const many = Array.from({ length: 40 }, (_, index) =>
      connector({ id: `cn_${index}`, name: `Scale ${index}`, ...(index >= 35 ? { state: 'error' as const } : {}) }),
    );
    const { items } = trayModel(source(running({ connectors: many })));
    expect(labels(items).filter((label) => label.endsWith('Not working'))).toHaveLength(3);
    expect(find(items, 'problems:more')).toMatchObject({ label: 'and 2 more…' });
    const menu = find(items, 'connectors');
    const names = menu?.kind === 'submenu' ? labels(menu.items) : [];
    expect(names.slice(0, 6)).toEqual(['Scale 35', 'Scale 36', 'Scale 37', 'Scale 38', 'Scale 39', 'Scale 0']);
    expect(names.slice(15)).toEqual(['—', 'All 40…']);
  });

  it('says who keeps the devices working when it is quit', () => {
    const ofSystem: AgentState = { phase: 'running', owner: 'system', facts: facts() };
    expect(find(trayModel(source(ofSystem)).items, 'quit')).toMatchObject({ label: 'Quit (devices keep working)' });
    expect(find(trayModel(source(ofSystem, { platform: 'win32' })).items, 'quit')).toMatchObject({
      label: 'Exit (devices keep working)',
    });
  });

  it('has no way out in kiosk mode but the PIN, and nothing about autostart', () => {
    const { items } = trayModel(source(running(), { kiosk: true }));
    expect(find(items, 'quit')).toBeUndefined();
    expect(find(items, 'autostart')).toBeUndefined();
    expect(find(items, 'leave-kiosk')).toMatchObject({ command: { do: 'leave-kiosk' } });
  });

  it('says why there is no agent, in its own words', () => {
    const { items, tooltip } = trayModel(source(stopped()));
    expect(tooltip).toBe('Fibric Edge is not running');
    expect(find(items, 'trouble')).toMatchObject({ label: 'Another agent works here already.' });
    expect(find(items, 'pause')).toBeUndefined();
  });

  it('is never empty, has each id once, and takes any name that people and devices give', () => {
    const anyConnector = fc.record({
      id: fc.uuid(),
      name: fc.string({ unit: 'binary', minLength: 1, maxLength: 100 }),
      state: fc.constantFrom('ok', 'listening', 'starting', 'error', 'pending_auth'),
      reason: fc.option(fc.string()),
    });
    fc.assert(
      fc.property(fc.array(anyConnector, { maxLength: 30 }), fc.boolean(), (connectors, paused) => {
        const model = trayModel(source(running({ connectors: connectors.map(connector), paused })));
        const all = flat(model.items);
        const ids = all.flatMap((item) => (item.kind === 'separator' ? [] : [item.id]));
        expect(new Set(ids).size).toBe(ids.length);
        expect(model.items.length).toBeGreaterThan(5);
        expect([...model.tooltip].length).toBeLessThanOrEqual(63);
        for (const label of labels(all)) {
          expect(label).not.toMatch(/\p{Cc}/u);
          expect(label.replaceAll('&&', '')).not.toContain('&');
          expect([...label].length).toBeLessThanOrEqual(200);
        }
      }),
      { numRuns: 40 },
    );
  });
});

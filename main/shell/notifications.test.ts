import { describe, expect, it } from 'vitest';
import type { ConnectorFacts, FreeDevice } from './agent-state.ts';
import { createNotifier, type Note } from './notifications.ts';
import { connector, running, stopped } from './testing/facts.ts';
import { createManualClock } from './testing/manual-clock.ts';
import { en } from './words/en.ts';

function bench(
  options: { readonly kiosk?: boolean; readonly focused?: string | null; readonly visible?: boolean } = {},
) {
  const clock = createManualClock();
  const shown: Note[] = [];
  const told = new Map<string, number>();
  const view = { focused: options.focused ?? null, visible: options.visible ?? false };
  const make = () =>
    createNotifier({
      clock,
      words: en,
      kiosk: () => options.kiosk ?? false,
      focusedPlace: () => view.focused,
      windowVisible: () => view.visible,
      show: (note) => shown.push(note),
      toldAt: (trouble) => told.get(trouble),
      setToldAt: (trouble, atMs) => told.set(trouble, atMs),
    });
  const notifier = make();
  const titles = () => shown.map(({ title }) => title);
  return { clock, shown, titles, notifier, make, view };
}

const approval = (id: string, expiresAtMs: number) => ({
  id,
  connectorName: 'Back door',
  tool: 'access.unlock',
  expiresAtMs,
});
const ill = (id: string, change: Partial<ConnectorFacts> = {}) =>
  connector({ id, name: id, state: 'error', reason: 'device_unplugged', hint: 'Plug it back in.', ...change });
const free = (id: string, change: Partial<FreeDevice> = {}): FreeDevice => ({
  id,
  label: 'Mettler-Toledo scale',
  listing: 'cn-scale-sics',
  firstSeenAtMs: Number.MAX_SAFE_INTEGER,
  ...change,
});

describe('notifications', () => {
  it('ask for an approval at once, with what is left, and count when there are more', () => {
    const { clock, shown, notifier } = bench();
    notifier.observe(running({ approvals: [approval('ap_1', clock.now() + 118_000)] }));
    expect(shown).toEqual([
      {
        title: 'Approval needed',
        body: 'Back door: Unlock. 1:58 left.',
        slot: 'approvals',
        place: '/approvals',
        silent: false,
      },
    ]);
    notifier.observe(running({ approvals: [approval('ap_1', clock.now()), approval('ap_2', clock.now())] }));
    expect(shown[1]).toMatchObject({ body: '2 actions wait for you.', slot: 'approvals' });
    notifier.observe(running({ approvals: [approval('ap_2', clock.now())] }));
    expect(shown).toHaveLength(2);
  });

  it('leave a person alone who looks at the approvals already', () => {
    const { shown, notifier, view } = bench({ focused: '/approvals' });
    notifier.observe(running({ approvals: [approval('ap_1', 0)] }));
    expect(shown).toEqual([]);
    view.focused = '/';
    notifier.observe(running({ approvals: [approval('ap_1', 0), approval('ap_2', 0)] }));
    expect(shown).toHaveLength(1);
  });

  it('tell of an error only when it lasts a minute and the device had worked', () => {
    const { clock, shown, titles, notifier } = bench();
    notifier.observe(running({ connectors: [ill('Till 2'), ill('never', { hasWorked: false })] }));
    clock.advance(59_000);
    expect(shown).toEqual([]);
    clock.advance(1_000);
    expect(titles()).toEqual(['Till 2: Unplugged']);
    expect(shown[0]).toMatchObject({ body: 'Plug it back in.', place: '/connectors/Till%202' });
    clock.advance(3_600_000);
    expect(shown).toHaveLength(1);
  });

  it('say nothing of an error that goes within the minute', () => {
    const { clock, shown, notifier } = bench();
    notifier.observe(running({ connectors: [ill('a')] }));
    clock.advance(30_000);
    notifier.observe(running({ connectors: [connector({ id: 'a' })] }));
    clock.advance(120_000);
    expect(shown).toEqual([]);
  });

  it('take an error back silently, and tell the same device again after half an hour at the earliest', () => {
    const { clock, shown, titles, notifier } = bench();
    const round = (waitMs: number) => {
      notifier.observe(running({ connectors: [ill('a')] }));
      clock.advance(60_000);
      notifier.observe(running({ connectors: [connector({ id: 'a', name: 'a' })] }));
      clock.advance(waitMs);
    };
    round(60_000);
    expect(shown[1]).toMatchObject({ title: 'a', body: 'Works again.', silent: true, slot: shown[0]?.slot });
    round(30 * 60_000);
    expect(shown).toHaveLength(2);
    round(0);
    expect(titles()).toEqual(['a: Unplugged', 'a', 'a: Unplugged', 'a']);
  });

  it('merge errors that have one cause', () => {
    const { clock, titles, notifier } = bench();
    notifier.observe(running({ connectors: ['a', 'b', 'c'].map((id) => ill(id, { causeId: 'hub' })) }));
    clock.advance(60_000);
    expect(titles()).toEqual(['3 devices: Unplugged']);
  });

  it('show four in ten minutes, then one summary', () => {
    const { clock, titles, notifier } = bench();
    notifier.observe(running({ connectors: Array.from({ length: 9 }, (_, index) => ill(`d${index}`)) }));
    clock.advance(60_000);
    expect(titles()).toEqual(['d0: Unplugged', 'd1: Unplugged', 'd2: Unplugged', 'd3: Unplugged', 'Fibric Edge']);
  });

  it('ask once about each action whose outcome is not known, without its arguments', () => {
    const { shown, notifier } = bench();
    const unknowns = [{ journalId: 'jr_1', connectorName: 'Gate relay', tool: 'relay.set' }];
    notifier.observe(running({ unknowns }));
    notifier.observe(running({ unknowns }));
    expect(shown).toHaveLength(1);
    expect(shown[0]).toMatchObject({ body: 'Gate relay: Switch a relay. Did it happen?', place: '/activity/jr_1' });
  });

  it('offer a new device that has a driver, while nobody looks, and merge what comes together', () => {
    const { clock, shown, notifier } = bench();
    notifier.observe(
      running({ freeDevices: [free('dev_1'), free('none', { listing: null }), free('old', { firstSeenAtMs: 0 })] }),
    );
    clock.advance(5_000);
    notifier.observe(running({ freeDevices: [free('dev_1'), free('dev_2')] }));
    clock.advance(5_000);
    expect(shown).toEqual([
      { title: '2 new devices', body: 'Install them?', slot: 'new-devices', place: '/?state=new', silent: false },
    ]);
    for (const quiet of [bench({ kiosk: true }), bench({ visible: true })]) {
      quiet.notifier.observe(running({ freeDevices: [free('dev_3')] }));
      quiet.clock.advance(60_000);
      expect(quiet.shown).toEqual([]);
    }
  });

  it('call for help after three tries, and again after a day, also over a restart', () => {
    const { clock, titles, notifier, make } = bench();
    notifier.observe(stopped(2));
    expect(titles()).toEqual([]);
    notifier.observe(stopped(3));
    notifier.observe(stopped(4));
    make().observe(stopped(5));
    expect(titles()).toEqual(['Fibric Edge needs help']);
    clock.advance(24 * 3_600_000);
    make().observe(stopped(6));
    expect(titles()).toHaveLength(2);
  });

  it('tell that secrets are locked and that the record is damaged', () => {
    const { shown, notifier } = bench();
    notifier.observe(running({ vaultProblem: 'The keychain is locked.', journalWhole: false }));
    notifier.observe(running({ vaultProblem: 'The keychain is locked.', journalWhole: false }));
    expect(shown.map(({ body }) => body)).toEqual(['The keychain is locked.', en.tray.recordDamaged]);
  });
});

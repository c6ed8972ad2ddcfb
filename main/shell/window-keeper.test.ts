import { describe, expect, it } from 'vitest';
import { AgentError } from '../../drivers/kit/index.ts';
import { createApiClient } from '../api/client.ts';
import type { AgentState } from './agent-state.ts';
import { createCrashPolicy } from './crash-policy.ts';
import type { ShellWindow } from './desktop.ts';
import { running, stopped } from './testing/facts.ts';
import { createManualClock } from './testing/manual-clock.ts';
import { createWindowKeeper } from './window-keeper.ts';

function bench({ kiosk = false } = {}) {
  const clock = createManualClock();
  const did: string[] = [];
  const view = { visible: false, place: null as string | null, refuses: false };
  let agent: AgentState = { phase: 'starting', owner: null };
  let tickets = 0;
  const window: ShellWindow = {
    async showAgentPage({ ticket }, place) {
      if (view.refuses) throw new AgentError('agent_unreachable', 'gone');
      view.place = place;
      did.push(`agent ${place} ${ticket}`);
    },
    async goTo(place) {
      view.place = place;
      did.push(`go ${place}`);
    },
    async showOwnPage(page) {
      view.place = null;
      did.push(page);
    },
    show() {
      view.visible = true;
    },
    hide() {
      view.visible = false;
    },
    isVisible: () => view.visible,
    isFocused: () => view.visible,
    place: () => view.place,
    setKiosk: () => {},
    reload: () => {},
    recreate() {
      view.place = null;
      did.push('recreate');
    },
    tell: () => {},
  };
  const client = createApiClient({ socketPath: '/nowhere' });
  const keeper = createWindowKeeper({
    clock,
    window,
    incidents: { file: '', read: () => [], record: () => {} },
    crashes: createCrashPolicy(clock),
    api: () =>
      agent.phase === 'running'
        ? {
            ...client,
            createWindowForm: async () => {
              tickets += 1;
              return {
                object: 'window_form' as const,
                action: 'http://127.0.0.1:1/sign-in',
                ticket: `t${tickets}`,
                expires_at: '',
              };
            },
          }
        : null,
    kiosk: () => kiosk,
    changed: () => {},
    signal: new AbortController().signal,
  });
  const become = (next: AgentState) => {
    agent = next;
    return keeper.agentChanged(next);
  };
  return { clock, did, view, keeper, become };
}

describe('the window', () => {
  it('helps while there is no agent, and goes to its page by itself when there is one', async () => {
    const { did, keeper, become, view } = bench();
    await keeper.open(null);
    expect([did, view.visible]).toEqual([['help'], true]);
    await become(running());
    expect(did).toEqual(['help', 'agent / t1']);
  });

  it('goes to the place that was asked for, signed in once', async () => {
    const { did, keeper, become } = bench();
    await become(running());
    await keeper.open('/approvals');
    await keeper.open('/support');
    await keeper.open(null);
    expect(did).toEqual(['agent /approvals t1', 'go /support']);
  });

  it('leaves a lost agent to its own page at first, then helps, then comes back to the same place', async () => {
    const { did, keeper, become } = bench();
    await become(running());
    await keeper.open('/connectors/cn_1');
    await become(stopped(1));
    expect(did).toHaveLength(1);
    await become(stopped(2));
    await become(running());
    expect(did.slice(1)).toEqual(['help', 'agent /connectors/cn_1 t2']);
  });

  it('signs nobody in behind a hidden window; who opens it is signed in then', async () => {
    const { did, keeper, become, view } = bench();
    await become(running());
    await keeper.open(null);
    view.visible = false;
    await become({ phase: 'starting', owner: 'shell' });
    await become(running());
    expect(did).toEqual(['agent / t1']);
    await keeper.open(null);
    expect(did.at(-1)).toBe('agent / t2');
  });

  it('stays signed out when its session has ended, until somebody opens it; a kiosk signs in by itself', async () => {
    const desk = bench();
    await desk.become(running());
    await desk.keeper.open('/support');
    await desk.keeper.signedOut();
    expect(desk.did).toHaveLength(1);
    await desk.keeper.open(null);
    expect(desk.did.at(-1)).toBe('agent /support t2');

    const kiosk = bench({ kiosk: true });
    await kiosk.become(running());
    await kiosk.keeper.open('/kiosk');
    await kiosk.keeper.signedOut();
    await kiosk.keeper.signedOut();
    expect(kiosk.did).toEqual(['agent /kiosk t1', 'agent /kiosk t2', 'agent /kiosk t3']);
  });

  it('is not led past the PIN page by anything but its way back', async () => {
    const { did, keeper, become } = bench({ kiosk: true });
    await become(running());
    await keeper.open('/kiosk');
    await keeper.askForPin();
    await keeper.open('/settings');
    await become(stopped(5));
    await become(running());
    expect(did).toEqual(['agent /kiosk t1', 'pin']);
    await keeper.back();
    expect(did.at(-1)).toBe('agent /settings t2');
  });

  it('helps when the page can not be shown', async () => {
    const { did, keeper, become, view } = bench();
    view.refuses = true;
    await become(running());
    await keeper.open(null);
    expect(did).toEqual(['help']);
  });

  it('is reloaded, made anew, and given up with a plain page when it keeps dying', async () => {
    const { clock, did, keeper, become } = bench();
    await become(running());
    await keeper.open('/support');
    for (let deaths = 0; deaths < 6; deaths += 1) {
      const recovered = keeper.pageDied('crashed');
      await Promise.resolve();
      await Promise.resolve();
      clock.advance(30_000);
      await recovered;
    }
    expect(did).toEqual([
      'agent /support t1',
      'agent /support t2',
      'agent /support t3',
      'recreate',
      'agent /support t4',
      'recreate',
      'agent /support t5',
      'recreate',
      'agent /support t6',
      'recreate',
      'help',
    ]);
    expect(keeper.gaveUp()).toBe(true);
    await keeper.signIn(null);
    expect(keeper.gaveUp()).toBe(false);
  });
});

import { AgentError } from '../../drivers/kit/index.ts';
import type { ApiClient } from '../api/client.ts';
import type { AgentState } from './agent-state.ts';
import { type Clock, pause } from './clock.ts';
import type { CrashPolicy } from './crash-policy.ts';
import type { OwnPage, ShellWindow } from './desktop.ts';
import type { IncidentLog } from './incidents.ts';

/** What the window is at. */
type Content = 'nothing' | 'agent' | OwnPage;

/** What the keeper needs around it. */
export interface WindowKeeperParts {
  readonly clock: Clock;
  readonly window: ShellWindow;
  readonly incidents: IncidentLog;
  readonly crashes: CrashPolicy;
  readonly api: () => ApiClient | null;
  readonly kiosk: () => boolean;
  /** What the window is at has changed: its page wants the state anew. */
  readonly changed: () => void;
  readonly signal: AbortSignal;
}

/** Keeps the right thing in the window: the agent's page, signed in, or the page that helps. */
export interface WindowKeeper {
  /** Shows the window, at this place where one is given. */
  open(place: string | null): Promise<void>;
  /** Signs in anew and stays where it is, or goes to `place`. */
  signIn(place: string | null): Promise<void>;
  agentChanged(state: AgentState): Promise<void>;
  signedOut(): Promise<void>;
  askForPin(): Promise<void>;
  /** From the PIN page back to what was there. */
  back(): Promise<void>;
  pageDied(what: string): Promise<void>;
  /** Whether it was given up after dying again and again. */
  gaveUp(): boolean;
}

/** Before this many failures in a row the agent's own page may say by itself that it is lost. */
const TRIES_BEFORE_HELP = 2;

/** Makes a {@link WindowKeeper}; there is no window before `open`. */
export function createWindowKeeper(parts: WindowKeeperParts): WindowKeeper {
  const { window, incidents, crashes, clock, signal } = parts;
  let content: Content = 'nothing';
  let place = '/';
  let signedOut = false;
  let gaveUp = false;
  let agent: AgentState = { phase: 'starting', owner: null };
  /** One change of the window at a time, so that two causes do not load two pages across each other. */
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = (work: () => Promise<void>): Promise<void> => {
    const next = last.then(async () => {
      if (!signal.aborted) await work();
    });
    last = next.catch(() => {});
    return next;
  };

  const showOwn = async (page: OwnPage) => {
    if (content === 'agent') place = window.place() ?? place;
    content = page;
    await window.showOwnPage(page);
    parts.changed();
  };

  /** The agent's page, or the one that says why there is none. */
  const enter = async () => {
    const api = parts.api();
    if (api === null || agent.phase !== 'running') return showOwn('help');
    try {
      const { action, ticket } = await api.createWindowForm();
      await window.showAgentPage({ action, ticket }, place);
      content = 'agent';
      signedOut = false;
      gaveUp = false;
      parts.changed();
    } catch (error) {
      const { message, code } = AgentError.from(error);
      incidents.record({
        kind: 'shell-fault',
        message: `The window could not be signed in: ${message}`,
        facts: { code },
      });
      await showOwn('help');
    }
  };

  return {
    open: (wanted) =>
      inTurn(async () => {
        const there = content === 'agent' && !signedOut && agent.phase === 'running';
        if (wanted !== null) place = wanted;
        if (content === 'pin') {
          // Nothing leads past the PIN page but the PIN, or its own way back.
        } else if (!there) {
          await enter();
        } else if (wanted !== null && wanted !== '/' && wanted !== window.place()) {
          await window.goTo(wanted);
        }
        window.show();
      }),

    signIn: (wanted) =>
      inTurn(async () => {
        place = wanted ?? window.place() ?? place;
        await enter();
      }),

    agentChanged: (next) =>
      inTurn(async () => {
        const before = agent;
        agent = next;
        if (content === 'nothing' || content === 'pin' || gaveUp) return;
        if (next.phase === 'running' && before.phase !== 'running') {
          if (content === 'agent') place = window.place() ?? place;
          // A session ends with its agent. Nobody looks at a hidden window: it is signed in when it is opened.
          if (window.isVisible() || parts.kiosk()) await enter();
          else content = 'nothing';
          return;
        }
        if (next.phase === 'stopped' && content === 'agent' && next.tries >= TRIES_BEFORE_HELP) await showOwn('help');
      }),

    signedOut: () =>
      inTurn(async () => {
        if (content !== 'agent' || signedOut) return;
        signedOut = true;
        // A kiosk has nobody who could open it again, and its screen is locked by the PIN.
        if (parts.kiosk() && agent.phase === 'running') {
          place = window.place() ?? place;
          await enter();
        }
      }),

    askForPin: () =>
      inTurn(async () => {
        await showOwn('pin');
        window.show();
      }),

    back: () =>
      inTurn(async () => {
        await enter();
      }),

    pageDied: (what) =>
      inTurn(async () => {
        const recovery = crashes.pageDied();
        incidents.record({
          kind: 'page-died',
          message: `The window's page died: ${what}`,
          facts: { recovery: recovery.do },
        });
        if (content === 'nothing') return;
        if (content === 'agent') place = window.place() ?? place;
        if (recovery.do === 'give-up') {
          incidents.record({
            kind: 'page-given-up',
            message: 'The window died again and again; it shows a plain page.',
          });
          gaveUp = true;
          window.recreate();
          await showOwn('help');
          return;
        }
        await pause(clock, recovery.afterMs, signal);
        if (signal.aborted) return;
        if (recovery.do === 'recreate') window.recreate();
        // Signed in anew: what the page kept of its session died with it.
        if (content === 'agent') await enter();
        else await showOwn(content);
        if (recovery.do === 'recreate') window.show();
      }),

    gaveUp: () => gaveUp,
  };
}

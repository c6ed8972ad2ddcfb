import { AgentError } from '../../drivers/kit/index.ts';
import type { ApiClient } from '../api/client.ts';
import type { AgentState } from './agent-state.ts';
import type { Clock } from './clock.ts';
import { createCrashPolicy } from './crash-policy.ts';
import type { Desktop, DesktopListener, WindowListener } from './desktop.ts';
import type { IncidentLog } from './incidents.ts';
import { createNotifier } from './notifications.ts';
import { helpFor, windowDiedHelp } from './page-state.ts';
import { mayAsk, type PageState, type RequestAnswer, requestSchema, type ShellRequest } from './requests.ts';
import type { SettingsFile } from './settings.ts';
import type { Supervisor } from './supervisor.ts';
import { runTrayCommand } from './tray-commands.ts';
import { trayModel } from './tray-menu.ts';
import type { UpdateFacts } from './updates/update-facts.ts';
import { createUpdateNotes } from './updates/update-notes.ts';
import { createUpdates, type UpdateParts } from './updates/updates.ts';
import { createWindowKeeper } from './window-keeper.ts';
import { chooseWords } from './words/choose-words.ts';
import type { ShellWords } from './words/shell-words.ts';

/** What the shell is made of. */
export interface ShellParts {
  readonly clock: Clock;
  readonly desktop: Desktop;
  readonly incidents: IncidentLog;
  readonly settings: SettingsFile;
  /** The folder that `show-logs` opens. */
  readonly logFolder: string;
  /** Started with `--kiosk`. */
  readonly kioskAsked: boolean;
  /** How updates come to this place; `engine` where the program fetches them itself. */
  readonly updates: Pick<UpdateParts, 'way' | 'mode' | 'engine' | 'versionInPlace'>;
  readonly makeSupervisor: (onState: (state: AgentState) => void) => Supervisor;
}

/** The shell: tray, notifications and window around an agent it reaches as a client. */
export interface Shell extends DesktopListener, WindowListener {
  /** Begins; with `show` the window is opened at once. */
  start(options: { readonly show: boolean }): void;
  /** Ends what it started, then the program; idempotent. */
  end(): Promise<void>;
}

/** The tray is drawn anew this often at most. */
const TRAY_EVERY_MS = 1_000;
/** What a screen in kiosk mode is at. */
const KIOSK_PLACE = '/kiosk';

/** Makes the shell; nothing happens before `start`. */
export function createShell(parts: ShellParts): Shell {
  const { clock, desktop, incidents, settings } = parts;
  const words = chooseWords(desktop.locale);
  const ending = new AbortController();
  let kiosk = parts.kioskAsked || settings.get().kiosk;
  let state: AgentState = { phase: 'starting', owner: null };
  let stoppedAtMs = 0;
  let cancelTray: (() => void) | null = null;
  let trayIsOld = false;
  let cancelCountdown: (() => void) | null = null;
  let ended: Promise<void> | null = null;

  const supervisor = parts.makeSupervisor((next) => {
    state = next;
    stoppedAtMs = clock.monotonicMs();
    notifier.observe(next);
    updates.observe(next);
    drawTray();
    tellPage();
    guard(keeper.agentChanged(next));
  });
  const keeper = createWindowKeeper({
    clock,
    window: desktop.window,
    incidents,
    crashes: createCrashPolicy(clock),
    api: () => supervisor.api(),
    kiosk: () => kiosk,
    changed: () => tellPage(),
    signal: ending.signal,
  });
  const crashes = createCrashPolicy(clock);
  const notifier = createNotifier({
    clock,
    words,
    kiosk: () => kiosk,
    focusedPlace: () => (desktop.window.isFocused() ? desktop.window.place() : null),
    windowVisible: () => desktop.window.isVisible(),
    show: (note) => desktop.notify(note),
    toldAt: (trouble) => settings.get().told_at[trouble],
    setToldAt: (trouble, atMs) => settings.change({ told_at: { ...settings.get().told_at, [trouble]: atMs } }),
  });

  const tellOfUpdates = createUpdateNotes(words.updates, (note) => desktop.notify(note));
  const updates = createUpdates({
    ...parts.updates,
    clock,
    version: desktop.version,
    settings,
    incidents,
    api: () => supervisor.api(),
    unwatched: () => kiosk || !desktop.window.isVisible(),
    ask: (what, version) =>
      // The question of kiosk mode is the PIN's; whoever stands there is asked nothing else.
      kiosk ? Promise.resolve(false) : desktop.ask(questionsOf(words)[what](version)),
    relaunch: () => desktop.relaunch(),
    endWith: (last) => endProgram(last),
    changed() {
      tellOfUpdates(updates.facts());
      drawTray();
      tellPage();
    },
    signal: ending.signal,
  });

  /** What goes wrong in the shell itself is written down and never ends it. */
  function guard(work: Promise<unknown>): void {
    work.catch((error: unknown) => {
      incidents.record({ kind: 'shell-fault', message: AgentError.from(error).message });
    });
  }

  function drawTray(): void {
    if (ending.signal.aborted) return;
    if (cancelTray !== null) {
      trayIsOld = true;
      return;
    }
    trayIsOld = false;
    const { platform, version } = desktop;
    desktop.setTray(
      trayModel({ state, words, platform, version, autostart: desktop.autostart(), kiosk, updates: updates.facts() }),
    );
    cancelTray = clock.after(TRAY_EVERY_MS, () => {
      cancelTray = null;
      if (trayIsOld) drawTray();
    });
  }

  function pageState(): PageState {
    const leftMs = state.phase === 'stopped' ? state.nextTryMs - (clock.monotonicMs() - stoppedAtMs) : null;
    return {
      version: desktop.version,
      platform: desktop.platform,
      kiosk,
      autostart: desktop.autostart(),
      updates: updates.facts(),
      putBack: putBackLabel(updates.facts(), words),
      agentOwner: state.phase === 'running' ? state.owner : null,
      help: keeper.gaveUp()
        ? windowDiedHelp(words)
        : helpFor(state, words, leftMs === null ? null : Math.max(0, leftMs)),
      words: { locale: words.locale, help: plainWords(words.help), pin: plainWords(words.pin) },
    };
  }

  function tellPage(): void {
    if (ending.signal.aborted) return;
    desktop.window.tell(pageState());
    cancelCountdown?.();
    cancelCountdown = state.phase === 'stopped' && desktop.window.isVisible() ? clock.after(1_000, tellPage) : null;
  }

  const setKiosk = (on: boolean) => {
    kiosk = on;
    settings.change({ kiosk: on });
    desktop.window.setKiosk(on);
    desktop.keepAwake(on);
    drawTray();
    tellPage();
  };

  const api = (): ApiClient => {
    const client = supervisor.api();
    if (client === null)
      throw new AgentError('agent_unreachable', 'The agent is not running.', { hint: words.help.tryNow });
    return client;
  };

  const quit = async (): Promise<void> => {
    if (kiosk) {
      await keeper.askForPin();
      return;
    }
    const owns = state.owner !== 'system';
    const count = state.phase === 'running' ? state.facts.connectors.length : 0;
    if (owns && !(await desktop.ask(words.questions.quit(count)))) return;
    await shell.end();
  };

  const answer = async (request: ShellRequest): Promise<void> => {
    switch (request.ask) {
      case 'state':
        return;
      case 'sign-in':
        return keeper.signIn(request.place ?? null);
      case 'retry':
        supervisor.retry();
        if (state.phase === 'running') await keeper.signIn(null);
        return;
      case 'restart-agent':
        if (state.owner !== 'shell')
          throw new AgentError('not_supported', 'This agent was started by the system.', {
            hint: 'Restart its service: sudo systemctl restart fibric-edge',
          });
        supervisor.restart();
        supervisor.retry();
        return;
      case 'set-autostart':
        if (kiosk) throw new AgentError('refused', 'Not in kiosk mode.');
        desktop.setAutostart(request.on);
        drawTray();
        return;
      case 'enter-kiosk':
        if (!(await api().getKioskPin()).set)
          throw new AgentError('pin_required', 'Kiosk mode needs a PIN to be left with.', { hint: words.pin.noPin });
        setKiosk(true);
        return;
      case 'leave-kiosk':
        if (kiosk) await keeper.askForPin();
        return;
      case 'unlock':
        await api().unlockKiosk(request.pin);
        setKiosk(false);
        await keeper.signIn('/');
        return;
      case 'back':
        return keeper.back();
      case 'look-for-updates':
        return updates.look();
      case 'install-update':
        if (kiosk) throw new AgentError('refused', 'Not in kiosk mode.');
        return updates.install();
      case 'put-back':
        if (kiosk) throw new AgentError('refused', 'Not in kiosk mode.');
        return updates.putBack();
      case 'show-logs':
        if (kiosk) throw new AgentError('refused', 'Not in kiosk mode.');
        desktop.showFolder(parts.logFolder);
        return;
      case 'quit':
        return quit();
    }
  };

  /** Ends what this shell started, does `last`, and ends the program. */
  function endProgram(last: (() => void) | null): Promise<void> {
    ended ??= (async () => {
      ending.abort();
      cancelTray?.();
      cancelCountdown?.();
      notifier.close();
      // A kiosk that was asked for by an argument stays one, also where the installer starts the program without it.
      if (last !== null && kiosk) settings.change({ kiosk: true });
      try {
        await supervisor.stop();
        if (last !== null) putInPlace(last);
      } finally {
        // The updater of macOS ends the program when it is done with it.
        if (last === null || desktop.platform !== 'darwin') desktop.exit();
      }
    })();
    return ended;
  }

  function putInPlace(last: () => void): void {
    desktop.letEnd();
    try {
      last();
    } catch (error) {
      incidents.record({ kind: 'update-failed', message: AgentError.from(error).message });
      desktop.relaunch();
      if (desktop.platform === 'darwin') desktop.exit();
    }
  }

  const shell: Shell = {
    start({ show }) {
      if (kiosk) {
        desktop.window.setKiosk(true);
        desktop.keepAwake(true);
      }
      drawTray();
      guard(supervisor.run());
      updates.start();
      if (show || kiosk) guard(keeper.open(kiosk ? KIOSK_PLACE : null));
    },

    async request(raw, sender): Promise<RequestAnswer> {
      const parsed = requestSchema.safeParse(raw);
      if (!parsed.success || !mayAsk(sender, parsed.data)) {
        const asked = parsed.success ? parsed.data.ask : 'something unknown';
        incidents.record({ kind: 'request-refused', message: `A page asked for ${asked}.`, facts: { sender } });
        return { ok: false, code: 'refused', message: 'This page may not ask for that.', hint: null };
      }
      try {
        await answer(parsed.data);
        return { ok: true, state: pageState() };
      } catch (error) {
        const { code, message, hint } = AgentError.from(error);
        return { ok: false, code, message, hint: hint ?? null };
      }
    },

    tray(command) {
      guard(
        runTrayCommand(command, {
          desktop,
          words,
          api,
          open: (place) => keeper.open(place),
          tested: (name, failure) => notifier.tested(name, failure),
          setAutostart: (on) => {
            desktop.setAutostart(on);
            drawTray();
          },
          askForPin: () => keeper.askForPin(),
          update: () => updates.install(),
          putBack: () => updates.putBack(),
          quit,
        }),
      );
    },
    noteClicked: (place) => guard(keeper.open(place)),
    shownAgain: () => guard(keeper.open(null)),
    woke: () => supervisor.retry(),
    quitAsked: () => guard(shell.end()),

    signedOut: () => guard(keeper.signedOut()),
    died(what, facts) {
      if (what === 'page') guard(keeper.pageDied(String(facts['reason'] ?? 'unknown')));
      else if (what === 'gpu') {
        incidents.record({ kind: 'gpu-died', message: 'The process that draws died.', facts });
        if (crashes.gpuDied()) settings.change({ software_drawing: true });
      } else incidents.record({ kind: 'helper-died', message: 'A helper process died.', facts });
    },
    unresponsive() {
      incidents.record({ kind: 'page-unresponsive', message: "The window's page does not react." });
      guard(keeper.pageDied('unresponsive'));
    },
    visibilityChanged: () => tellPage(),
    unlockKeys: () => {
      if (kiosk) guard(keeper.askForPin());
    },
    refused(what, address) {
      // Where to is told by its origin alone: paths and queries may carry what is nobody's business.
      const origin = URL.parse(address)?.origin ?? 'unreadable';
      incidents.record({ kind: 'request-refused', message: `The window was kept from: ${what}.`, facts: { origin } });
    },

    end: () => endProgram(null),
  };
  return shell;
}

function putBackLabel({ canPutBack, result }: UpdateFacts, { updates }: ShellWords): string | null {
  return canPutBack && result !== null ? updates.putBack(result.from) : null;
}

function questionsOf({ updates }: ShellWords) {
  return {
    update: updates.askUpdate,
    'update-unasked': updates.askUnasked,
    restart: updates.askRestart,
    'put-back': updates.askPutBack,
  };
}

/** The words without those that are made of numbers: what fits into a message. */
function plainWords(group: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(group).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

import type { AgentFacts, AgentState, ConnectorFacts } from './agent-state.ts';
import type { Clock } from './clock.ts';
import { createNotificationBudget } from './notification-limits.ts';
import { connectorPlace } from './tray-menu.ts';
import { stateWord, toolWord } from './words/choose-words.ts';
import type { ShellWords } from './words/shell-words.ts';
import type { NoteWords } from './words/short-texts.ts';

/** A notification as plain data. It never carries arguments, scanned or printed text, or a secret. */
export interface Note extends NoteWords {
  /** A later one with the same slot replaces this one. */
  readonly slot: string;
  /** Where a click leads, in the window. */
  readonly place: string;
  readonly silent: boolean;
}

/** What the notifier needs around it. */
export interface NotifierParts {
  readonly clock: Clock;
  readonly words: ShellWords;
  readonly kiosk: () => boolean;
  /** The window's place while it has the focus; null when it has not. */
  readonly focusedPlace: () => string | null;
  readonly windowVisible: () => boolean;
  readonly show: (note: Note) => void;
  /** When a lasting trouble was last told, in milliseconds since 1970; kept over restarts. */
  readonly toldAt: (trouble: string) => number | undefined;
  readonly setToldAt: (trouble: string, atMs: number) => void;
}

/** Tells a person what needs one, and no more often than it helps. */
export interface Notifier {
  observe(state: AgentState): void;
  /** A test that was asked for in the tray has ended. */
  tested(name: string, failure: string | null): void;
  close(): void;
}

const ERROR_GRACE_MS = 60_000;
const ERROR_AGAIN_MS = 30 * 60_000;
const MERGE_DEVICES_MS = 10_000;
const TROUBLE_AGAIN_MS = 24 * 3_600_000;
const TRIES_BEFORE_HELP = 3;

interface Watched {
  readonly cancel: () => void;
}

/** Makes a {@link Notifier} that has told nothing yet. */
export function createNotifier(parts: NotifierParts): Notifier {
  const { clock, words } = parts;
  const budget = createNotificationBudget(clock);
  const startedMs = clock.now();
  const failing = new Map<string, Watched>();
  const toldErrors = new Map<string, number>();
  /** Errors a person was told of and that may be taken back; the slot of each. */
  const standing = new Map<string, string>();
  const toldUnknowns = new Set<string>();
  const seenDevices = new Set<string>();
  let newDevices: readonly { readonly id: string; readonly label: string }[] = [];
  let cancelDevices: (() => void) | null = null;
  let toldApprovals = '';
  let latest: AgentFacts | null = null;

  const show = (note: Note) => {
    const admission = budget.admit();
    if (admission === 'show') parts.show(note);
    else if (admission === 'summarise')
      parts.show({ ...words.notes.more(budget.held()), slot: 'summary', place: '/?state=needs', silent: false });
  };

  const observeApprovals = ({ approvals }: AgentFacts) => {
    const ids = approvals.map(({ id }) => id).join(' ');
    if (ids === toldApprovals) return;
    const grown = approvals.some(({ id }) => !toldApprovals.split(' ').includes(id));
    toldApprovals = ids;
    const [first] = approvals;
    if (first === undefined || !grown || parts.focusedPlace()?.startsWith('/approvals') === true) return;
    const secondsLeft = Math.max(0, Math.round((first.expiresAtMs - clock.now()) / 1_000));
    const text =
      approvals.length === 1
        ? words.notes.approval(first.connectorName, toolWord(first.tool, words), secondsLeft)
        : words.notes.approvals(approvals.length);
    // Somebody waits for the answer: this one is outside the budget.
    parts.show({ ...text, slot: 'approvals', place: '/approvals', silent: false });
  };

  const observeUnknowns = ({ unknowns }: AgentFacts) => {
    for (const { journalId, connectorName, tool } of unknowns) {
      if (toldUnknowns.has(journalId)) continue;
      toldUnknowns.add(journalId);
      show({
        ...words.notes.unknown(connectorName, toolWord(tool, words)),
        slot: `unknown:${journalId}`,
        place: `/activity/${encodeURIComponent(journalId)}`,
        silent: false,
      });
    }
  };

  /** Whoever still fails when the grace is over; those with the same cause are told in one line. */
  const tellError = (id: string) => {
    failing.delete(id);
    const connector = latest?.connectors.find((candidate) => candidate.id === id);
    if (connector === undefined || connector.state !== 'error' || !mayTell(id)) return;
    const kin =
      connector.causeId === null
        ? [connector]
        : (latest?.connectors ?? []).filter(({ causeId, state }) => causeId === connector.causeId && state === 'error');
    const state = stateWord(connector, words);
    const slot = kin.length > 1 ? `cause:${connector.causeId}` : `error:${id}`;
    for (const { id: kinId } of kin) {
      toldErrors.set(kinId, clock.monotonicMs());
      standing.set(kinId, slot);
      failing.get(kinId)?.cancel();
      failing.delete(kinId);
    }
    show({
      ...(kin.length > 1
        ? words.notes.errors(kin.length, state)
        : words.notes.error(connector.name, state, connector.hint ?? '')),
      slot,
      place: kin.length > 1 ? '/?state=needs' : connectorPlace(connector),
      silent: false,
    });
  };
  const mayTell = (id: string) => {
    const toldMs = toldErrors.get(id);
    return toldMs === undefined || clock.monotonicMs() - toldMs >= ERROR_AGAIN_MS;
  };

  const observeConnector = (connector: ConnectorFacts) => {
    const { id, name, state, hasWorked } = connector;
    if (state === 'error') {
      if (!hasWorked || failing.has(id) || standing.has(id)) return;
      failing.set(id, { cancel: clock.after(ERROR_GRACE_MS, () => tellError(id)) });
      return;
    }
    failing.get(id)?.cancel();
    failing.delete(id);
    const slot = standing.get(id);
    standing.delete(id);
    if (slot === undefined || [...standing.values()].includes(slot)) return;
    parts.show({ ...words.notes.worksAgain(name), slot, place: connectorPlace(connector), silent: true });
  };

  const observeDevices = ({ freeDevices }: AgentFacts) => {
    for (const { id, label, listing, firstSeenAtMs } of freeDevices) {
      if (seenDevices.has(id)) continue;
      seenDevices.add(id);
      if (listing === null || firstSeenAtMs < startedMs || parts.kiosk() || parts.windowVisible()) continue;
      newDevices = [...newDevices, { id, label }];
      cancelDevices ??= clock.after(MERGE_DEVICES_MS, () => {
        const [first, ...more] = newDevices;
        newDevices = [];
        cancelDevices = null;
        if (first === undefined) return;
        show({
          ...(more.length === 0 ? words.notes.newDevice(first.label) : words.notes.newDevices(more.length + 1)),
          slot: 'new-devices',
          place: more.length === 0 ? `/devices/${encodeURIComponent(first.id)}/install` : '/?state=new',
          silent: false,
        });
      });
    }
  };

  const tellTrouble = (trouble: string, cause: string, place: string) => {
    const told = parts.toldAt(trouble);
    // A clock that was set back must not silence this for good.
    if (told !== undefined && told <= clock.now() && clock.now() - told < TROUBLE_AGAIN_MS) return;
    parts.setToldAt(trouble, clock.now());
    show({ ...words.notes.help(cause), slot: `trouble:${trouble}`, place, silent: false });
  };

  return {
    observe(state) {
      if (state.phase === 'stopped') {
        latest = null;
        for (const { cancel } of failing.values()) cancel();
        failing.clear();
        if (state.tries >= TRIES_BEFORE_HELP) tellTrouble('agent', state.trouble.message, '/');
        return;
      }
      if (state.phase !== 'running') return;
      const { facts } = state;
      latest = facts;
      observeApprovals(facts);
      observeUnknowns(facts);
      for (const connector of facts.connectors) observeConnector(connector);
      for (const [id, { cancel }] of failing) {
        if (facts.connectors.some((connector) => connector.id === id)) continue;
        cancel();
        failing.delete(id);
      }
      observeDevices(facts);
      if (facts.vaultProblem !== null) tellTrouble('vault', facts.vaultProblem, '/settings/secrets');
      if (!facts.journalWhole) tellTrouble('journal', words.tray.recordDamaged, '/activity');
    },
    tested(name, failure) {
      const text = failure === null ? words.notes.testPassed(name) : words.notes.testFailed(name, failure);
      // Somebody asked for it a moment ago: it is an answer, not an interruption.
      parts.show({ ...text, slot: 'test', place: '/', silent: true });
    },
    close() {
      for (const { cancel } of failing.values()) cancel();
      cancelDevices?.();
    },
  };
}

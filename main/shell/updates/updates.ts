import { AgentError } from '../../../drivers/kit/index.ts';
import type { ApiClient } from '../../api/client.ts';
import { findOpenWork, isQuiet } from '../../api/open-work.ts';
import type { AgentState } from '../agent-state.ts';
import { type Clock, pause } from '../clock.ts';
import type { IncidentLog } from '../incidents.ts';
import type { SettingsFile } from '../settings.ts';
import type { UpdateEngine } from './engine.ts';
import { judgeLastUpdate } from './last-update.ts';
import type { UpdateFacts, UpdateHold, UpdateMode, UpdateResult } from './update-facts.ts';
import type { UpdateWay } from './update-way.ts';

/** What updates need around them. */
export interface UpdateParts {
  readonly clock: Clock;
  readonly way: UpdateWay['way'];
  readonly mode: UpdateMode;
  readonly version: string;
  /** Null where nothing is fetched. */
  readonly engine: UpdateEngine | null;
  /** The version whose files lie in the program's place. */
  readonly versionInPlace: () => string | null;
  readonly settings: SettingsFile;
  readonly incidents: IncidentLog;
  readonly api: () => Pick<ApiClient, 'listJournal'> | null;
  /** Whether nobody is looking at the window, or the machine stands by itself. */
  readonly unwatched: () => boolean;
  /** Ends the agent that is ours, then runs `last`, then ends the program. Started anew where `last` throws. */
  readonly endWith: (last: () => void) => Promise<void>;
  /** Starts the program that lies in place once this one has ended. */
  readonly relaunch: () => void;
  /** Asks before something stops devices; true to go on. */
  readonly ask: (what: 'update' | 'update-unasked' | 'restart' | 'put-back', version: string) => Promise<boolean>;
  readonly changed: () => void;
  readonly signal: AbortSignal;
}

/** Looks for newer versions, and puts them in place when the agent says that nothing is open. */
export interface Updates {
  start(): void;
  facts(): UpdateFacts;
  /** The agent is as it is now: after an update this proves it. */
  observe(state: AgentState): void;
  /** Looks now; resolves when it has been looked and, where something was found, fetched. */
  look(): Promise<void>;
  /** Puts what is ready in place, or restarts into it. Rejects with `refused` while something is open. */
  install(): Promise<void>;
  /** Puts the version before back. */
  putBack(): Promise<void>;
}

const FIRST_LOOK_MS = 60_000;
const LOOK_EVERY_MS = 6 * 3_600_000;
const TURN_MS = 30_000;

/** Makes updates that do nothing before `start`. */
export function createUpdates(parts: UpdateParts): Updates {
  const { clock, way, mode, version, engine, settings, incidents, changed, signal } = parts;
  let phase: UpdateFacts['phase'] = 'idle';
  let target: string | null = null;
  let percent: number | null = null;
  let hold: UpdateHold | null = null;
  let lookedAt: string | null = null;
  let problem: string | null = null;
  let result: UpdateResult | null = null;
  let working: Promise<void> | null = null;

  const become = (next: UpdateFacts['phase'], about: string | null = null): void => {
    phase = next;
    target = about;
    percent = next === 'fetching' ? 0 : null;
    hold = null;
    changed();
  };

  const proof = judgeLastUpdate({
    clock,
    version,
    settings,
    signal,
    told(outcome) {
      result = outcome;
      if (outcome.outcome === 'not-taken' || outcome.outcome === 'agent-down') {
        incidents.record({ kind: 'update-failed', message: `The update: ${outcome.outcome}.`, facts: { ...outcome } });
      }
      if (phase === 'proving') become('idle');
      else changed();
      if (outcome.outcome === 'agent-down' && mode === 'automatic' && engine?.keepsFormer() === true)
        void putBackNow(outcome.from);
    },
  });

  /** Why not now; null when the agent says that nothing is open. */
  const findHold = async (): Promise<UpdateHold | null> => {
    const api = parts.api();
    if (api === null) return { for: 'agent' };
    try {
      const work = await findOpenWork(api);
      if (isQuiet(work)) return null;
      const { acting, waiting, doubtful } = work;
      return { for: 'actions', acting: acting.length, waiting: waiting.length, doubtful: doubtful.length };
    } catch {
      return { for: 'agent' };
    }
  };
  const setHold = (next: UpdateHold | null): void => {
    if (JSON.stringify(next) === JSON.stringify(hold)) return;
    hold = next;
    changed();
  };

  const refuseWhileOpen = async (): Promise<UpdateHold | null> => {
    const found = await findHold();
    setHold(found);
    if (found?.for === 'actions') throw notNow(found);
    return found;
  };

  const lookAndFetch = async (byPerson: boolean): Promise<void> => {
    if (engine === null || phase === 'ready' || phase === 'installing' || phase === 'proving') return;
    problem = null;
    become('looking');
    try {
      const offered = await engine.look();
      lookedAt = new Date(clock.now()).toISOString();
      // One that did not work here is not tried again by itself.
      if (offered === null || (!byPerson && settings.get().failed_versions.includes(offered))) return become('idle');
      become('fetching', offered);
      await engine.fetch((done) => {
        if (done === percent) return;
        percent = done;
        changed();
      }, signal);
      become('ready', offered);
      setHold(await findHold());
    } catch (error) {
      if (signal.aborted) return;
      problem = AgentError.from(error).message;
      incidents.record({ kind: 'update-failed', message: problem });
      become('idle');
    }
  };

  /** Looks at what the package manager did, and whether what is ready may go in. */
  const turn = async (): Promise<void> => {
    if (way === 'package-manager' && (phase === 'idle' || phase === 'restart')) {
      const inPlace = parts.versionInPlace();
      const other = inPlace !== null && inPlace !== version ? inPlace : null;
      if (other !== target) become(other === null ? 'idle' : 'restart', other);
    }
    if (phase !== 'ready' && phase !== 'restart') return;
    setHold(await findHold());
    if (mode === 'automatic' && hold === null && parts.unwatched()) await go();
  };

  /** From here on there is no way back: the agent ends, and what is in place is started. */
  const go = async (): Promise<void> => {
    const to = target;
    if (to === null) return;
    const restarts = phase === 'restart';
    become('installing', to);
    settings.change({ update: { from: version, to, put_back: false } });
    await parts.endWith(() => (restarts || engine === null ? parts.relaunch() : engine.install()));
  };

  const putBackNow = async (former: string): Promise<void> => {
    become('installing', former);
    settings.change({
      update: { from: version, to: former, put_back: true },
      failed_versions: [...new Set([...settings.get().failed_versions, version])].slice(-10),
    });
    await parts.endWith(() => engine?.putBack());
  };

  const loop = async (): Promise<void> => {
    let untilLookMs = FIRST_LOOK_MS;
    while (!signal.aborted) {
      await turn().catch((error: unknown) => {
        incidents.record({ kind: 'update-failed', message: AgentError.from(error).message });
      });
      await pause(clock, Math.min(TURN_MS, untilLookMs), signal);
      untilLookMs -= TURN_MS;
      if (untilLookMs > 0 || signal.aborted) continue;
      untilLookMs = LOOK_EVERY_MS;
      if (way === 'self' && mode !== 'off') await once(() => lookAndFetch(false));
    }
  };

  /** One look at a time; whoever asks meanwhile waits for that one. */
  const once = (work: () => Promise<void>): Promise<void> => {
    working ??= work().finally(() => {
      working = null;
    });
    return working;
  };

  return {
    start() {
      if (proof.pending()) become('proving', version);
      proof.start();
      void loop();
    },
    facts: () => ({
      way,
      mode,
      phase,
      version: target,
      percent,
      hold,
      lookedAt,
      problem,
      result,
      canPutBack: result?.outcome === 'agent-down' && engine?.keepsFormer() === true,
    }),
    observe: proof.observe,
    async look() {
      if (way !== 'self') throw new AgentError('not_supported', 'This program does not look for updates by itself.');
      await once(() => lookAndFetch(true));
      if (problem !== null) throw new AgentError('source_unreachable', problem, { hint: 'Try again later.' });
    },
    async install() {
      const to = target;
      if ((phase !== 'ready' && phase !== 'restart') || to === null)
        throw new AgentError('state_conflict', 'No other version is ready.', { hint: 'Look for updates first.' });
      const found = await refuseWhileOpen();
      const question = found === null ? (phase === 'restart' ? 'restart' : 'update') : 'update-unasked';
      if (!(await parts.ask(question, to))) return;
      // While the question stood, something may have begun.
      await refuseWhileOpen();
      await go();
    },
    async putBack() {
      if (result?.outcome !== 'agent-down' || engine?.keepsFormer() !== true)
        throw new AgentError('state_conflict', 'There is no version to go back to.');
      if (await parts.ask('put-back', result.from)) await putBackNow(result.from);
    },
  };
}

function notNow({ acting, waiting, doubtful }: Extract<UpdateHold, { for: 'actions' }>): AgentError {
  return new AgentError(
    'refused',
    `Not now: ${acting} actions run, ${waiting} wait for approval, of ${doubtful} nobody knows whether they happened.`,
    { hint: 'Answer them in Activity and Approvals; then update.', details: { acting, waiting, doubtful } },
  );
}

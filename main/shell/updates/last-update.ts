import type { AgentState } from '../agent-state.ts';
import { type Clock, pause } from '../clock.ts';
import type { SettingsFile } from '../settings.ts';
import type { UpdateResult } from './update-facts.ts';

/** What the judgement of the last update needs. */
export interface LastUpdateParts {
  readonly clock: Clock;
  /** The version that runs. */
  readonly version: string;
  readonly settings: SettingsFile;
  /** Hears the judgement, once. */
  readonly told: (result: UpdateResult) => void;
  readonly signal: AbortSignal;
}

/** Whether an update did what it promised: the version that was promised runs, and its agent came up. */
export interface LastUpdate {
  /** Whether there is one to be judged whose version runs. */
  pending(): boolean;
  start(): void;
  observe(state: AgentState): void;
}

/** An agent of a new version may have to convert what is stored before it answers. */
const PROOF_MS = 5 * 60_000;
const TRIES = 3;

/** Reads what was written down before the program ended for its update. */
export function judgeLastUpdate({ clock, version, settings, told, signal }: LastUpdateParts): LastUpdate {
  const record = settings.get().update;
  let judged = record === null;
  let ownAgentFails = false;

  const judge = (outcome: UpdateResult['outcome']) => {
    if (judged || record === null) return;
    judged = true;
    const { from, to } = record;
    const failed = outcome === 'not-taken' || outcome === 'agent-down';
    settings.change({
      update: null,
      ...(failed ? { failed_versions: [...new Set([...settings.get().failed_versions, to])].slice(-10) } : {}),
    });
    told({ outcome, from, to });
  };

  return {
    pending: () => record !== null && record.to === version,
    start() {
      if (record === null) return;
      if (record.to !== version) judge('not-taken');
      else if (record.put_back) judge('put-back');
      else
        void pause(clock, PROOF_MS, signal).then(() => {
          if (signal.aborted) return;
          // A service of the machine that is silent was not updated with this program.
          judge(ownAgentFails ? 'agent-down' : 'updated');
        });
    },
    observe(state) {
      if (judged || record?.to !== version) return;
      if (state.phase === 'running') judge('updated');
      else ownAgentFails = state.owner === 'shell';
      if (state.phase === 'stopped' && state.owner === 'shell' && state.tries >= TRIES) judge('agent-down');
    },
  };
}

import type { Health } from '../directory/connector.ts';
import type { AgentRun } from './agent-runs.ts';

/** A change of health, as it was stored. */
export interface HealthChange extends Pick<Health, 'state' | 'reason' | 'message' | 'cause_id'> {
  readonly atMs: number;
}

/** How a connector was for a while. */
export interface HealthSpan {
  readonly fromMs: number;
  readonly toMs: number;
  /** `not_known`: nobody was there to see. */
  readonly state: Health['state'] | 'not_known';
  /** An error code; of what is not known, why: the agent did not run, or nothing is kept of it. */
  readonly reason: string | null;
  readonly message: string | null;
  readonly cause_id: string | null;
}

/**
 * One span after the other without holes from `fromMs` to `toMs`, oldest first. `changes` are in order, with the last one
 * before `fromMs` if it is known; `runs` are when the agent ran. Neighbours that say the same are one.
 */
export function healthSpans(
  changes: readonly HealthChange[],
  runs: readonly AgentRun[],
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
): readonly HealthSpan[] {
  const spans: HealthSpan[] = [];
  let atMs = fromMs;
  const add = (untilMs: number, what: Omit<HealthSpan, 'fromMs' | 'toMs'>) => {
    const endMs = Math.min(untilMs, toMs);
    if (endMs <= atMs) return;
    const last = spans.at(-1);
    if (last !== undefined && last.state === what.state && last.reason === what.reason && last.toMs === atMs) {
      spans[spans.length - 1] = { ...last, ...what, fromMs: last.fromMs, toMs: endMs };
    } else spans.push({ ...what, fromMs: atMs, toMs: endMs });
    atMs = endMs;
  };
  const notRunning = { state: 'not_known', reason: 'agent_not_running', message: null, cause_id: null } as const;
  const notKept = { state: 'not_known', reason: 'not_kept', message: null, cause_id: null } as const;
  const firstMs = changes[0]?.atMs ?? toMs;

  for (const run of runs) {
    // Before anything is known of this connector it does not matter who ran.
    add(Math.min(firstMs, run.fromMs), notKept);
    add(run.fromMs, notRunning);
    add(Math.min(firstMs, run.toMs), notKept);
    for (const [index, { atMs: changedMs, ...what }] of changes.entries()) {
      const untilMs = changes[index + 1]?.atMs ?? run.toMs;
      // A run knows nothing of what one before it saw.
      if (changedMs < run.fromMs && !run.resumed) add(Math.min(untilMs, run.toMs), notRunning);
      else add(Math.min(untilMs, run.toMs), what);
    }
  }
  add(Math.min(firstMs, toMs), notKept);
  add(toMs, notRunning);
  return spans;
}

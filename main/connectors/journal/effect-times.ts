import type { Clock } from '../clock.ts';

/** How long the moments of this process are kept; nothing asks further back than the journal reaches. */
const KEPT_MS = 90 * 24 * 3_600_000;

/**
 * When side effects were sent and ended, on the monotonic clock: the journal's own times are the wall clock's, for people,
 * and that clock may be set while the agent runs. Of rows from before this process only the wall clock tells; one that
 * lies ahead of it counts as just then.
 */
export interface EffectTimes {
  sent(tool: string, journalId: string): void;
  /** It was not sent after all. */
  notSent(tool: string, journalId: string): void;
  ended(journalId: string): void;
  /**
   * Monotonic times since `sinceMs` at which effects of `tool` (a key of the caller's) were sent, oldest first.
   * `earlier` is asked for rows sent after an instant of the wall clock, where the time before this process matters.
   */
  sentSince(
    tool: string,
    sinceMs: number,
    earlier: (afterWallMs: number) => readonly { readonly journalId: string; readonly wallMs: number }[],
  ): readonly number[];
  /** When a row ended whose journal says `wallMs`. */
  endedAt(journalId: string, wallMs: number): number;
}

/** Begins to keep time. */
export function createEffectTimes(clock: Clock): EffectTimes {
  const startMs = clock.monotonicMs();
  const startWallMs = clock.now();
  const sentByTool = new Map<string, Map<string, number>>();
  const ended = new Map<string, number>();

  const note = (times: Map<string, number>, journalId: string) => {
    const nowMs = clock.monotonicMs();
    times.delete(journalId);
    times.set(journalId, nowMs);
    for (const [id, atMs] of times) {
      if (nowMs - atMs <= KEPT_MS) break;
      times.delete(id);
    }
  };
  const fromWall = (wallMs: number) => startMs - Math.max(0, startWallMs - wallMs);

  return {
    sent(tool, journalId) {
      const times = sentByTool.get(tool) ?? new Map<string, number>();
      sentByTool.set(tool, times);
      note(times, journalId);
    },
    notSent: (tool, journalId) => void sentByTool.get(tool)?.delete(journalId),
    ended: (journalId) => note(ended, journalId),
    sentSince(tool, sinceMs, earlier) {
      const own = sentByTool.get(tool) ?? new Map<string, number>();
      const before =
        sinceMs >= startMs
          ? []
          : earlier(startWallMs - (startMs - sinceMs)).filter(({ journalId }) => !own.has(journalId));
      return [...before.map(({ wallMs }) => fromWall(wallMs)), ...own.values()]
        .filter((atMs) => atMs > sinceMs)
        .sort((left, right) => left - right);
    },
    endedAt: (journalId, wallMs) => ended.get(journalId) ?? fromWall(wallMs),
  };
}

/** The key of a connector's tool, for {@link EffectTimes}. */
export function toolKey(connectorId: string, tool: string): string {
  return JSON.stringify([connectorId, tool]);
}

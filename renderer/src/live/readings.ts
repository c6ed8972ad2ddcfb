import type { Reading } from './wire.ts';

/** Told of a reading, at most once per animation frame and as often as it asked for. */
export type ReadingListener = (reading: Reading) => void;

interface Watch {
  readonly connectorId: string;
  readonly listener: ReadingListener;
  readonly leastIntervalMs: number;
  /** The latest of each tool that was not told yet. */
  readonly waiting: Map<string, Reading>;
  lastMs: number;
}

/** Rows and charts are written at most so often, in milliseconds. */
export const ROW_INTERVAL_MS = 250;
/** The big value of a page is written at most so often, in milliseconds. */
export const BIG_INTERVAL_MS = 100;

/** The last readings, outside React: fifty a second go from here straight to the text nodes that watch them. */
export interface Readings {
  /** The last of each tool of a connector, in the order they first came. */
  of(connectorId: string): readonly Reading[];
  /** Keeps it, unless a newer one is known; watchers hear of it at the next {@link Readings.flush}. */
  put(reading: Reading): void;
  forget(connectorId: string): void;
  /** Forgets all that is not in `kept`. */
  keepOnly(kept: ReadonlySet<string>): void;
  /** Called with what is known at once, then with each change. Returns what ends it. */
  watch(connectorId: string, leastIntervalMs: number, listener: ReadingListener): () => void;
  /** Tells the watchers whose time has come. Returns after how many milliseconds there is more to tell, or null. */
  flush(nowMs: number): number | null;
}

/** Makes an empty one. */
export function createReadings(): Readings {
  const byConnector = new Map<string, Map<string, Reading>>();
  const watches = new Map<string, Set<Watch>>();
  const due = new Set<Watch>();

  const put: Readings['put'] = (reading) => {
    const { connector_id: connectorId, tool } = reading;
    const tools = byConnector.get(connectorId) ?? new Map<string, Reading>();
    const known = tools.get(tool);
    if (known !== undefined && Date.parse(known.at) > Date.parse(reading.at)) return;
    byConnector.set(connectorId, tools.set(tool, reading));
    for (const watch of watches.get(connectorId) ?? []) {
      watch.waiting.set(tool, reading);
      due.add(watch);
    }
  };

  return {
    of: (connectorId) => [...(byConnector.get(connectorId)?.values() ?? [])],
    put,
    forget: (connectorId) => void byConnector.delete(connectorId),
    keepOnly(kept) {
      for (const id of byConnector.keys()) if (!kept.has(id)) byConnector.delete(id);
    },
    watch(connectorId, leastIntervalMs, listener) {
      const watch: Watch = {
        connectorId,
        listener,
        leastIntervalMs,
        waiting: new Map(),
        lastMs: Number.NEGATIVE_INFINITY,
      };
      const all = watches.get(connectorId) ?? new Set();
      watches.set(connectorId, all.add(watch));
      for (const reading of byConnector.get(connectorId)?.values() ?? []) listener(reading);
      return () => {
        all.delete(watch);
        due.delete(watch);
        if (all.size === 0 && watches.get(connectorId) === all) watches.delete(connectorId);
      };
    },
    flush(nowMs) {
      let nextMs: number | null = null;
      for (const watch of due) {
        const restMs = watch.lastMs + watch.leastIntervalMs - nowMs;
        if (restMs > 0) {
          nextMs = Math.min(nextMs ?? restMs, restMs);
          continue;
        }
        due.delete(watch);
        watch.lastMs = nowMs;
        const waiting = [...watch.waiting.values()];
        watch.waiting.clear();
        for (const reading of waiting) watch.listener(reading);
      }
      return nextMs;
    },
  };
}

/** Those of this page. */
export const readings: Readings = createReadings();

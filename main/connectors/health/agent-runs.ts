import { z } from 'zod';
import type { Database } from '../../store/index.ts';
import { type Clock, toInstant } from '../clock.ts';
import type { Log } from '../log.ts';

/** A time in which the agent ran. */
export interface AgentRun {
  readonly fromMs: number;
  readonly toMs: number;
  /** The same process went on, after the machine slept: what it knew before still held. */
  readonly resumed: boolean;
}

/** When the agent ran, this run included: outside of it nothing is known. */
export interface AgentRuns {
  /** Oldest first; those that reach into the time after `sinceMs`. The last one reaches to now. */
  since(sinceMs: number): readonly AgentRun[];
  /** Notes that it runs still, now. */
  close(): Promise<void>;
}

/** How often it is noted that the agent runs. */
const NOTE_MS = 60_000;
/** A longer pause between two notes is no busy moment: the machine slept, or its clock was set. */
const SLEPT_MS = 3 * NOTE_MS;

const rowSchema = z.object({ started_at: z.string(), alive_at: z.string(), resumed: z.int() });
const idSchema = z.object({ id: z.int() });

/** Begins this run. Runs that ended more than `keepMs` ago are forgotten. */
export async function openAgentRuns(parts: {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly keepMs: number;
}): Promise<AgentRuns> {
  const { database, clock, log, keepMs } = parts;
  let startedMs = 0;
  let aliveMs = 0;
  let id = 0;
  let resumed = false;
  let cancel = () => {};
  let closed = false;

  const begin = async () => {
    startedMs = clock.now();
    aliveMs = startedMs;
    await database.write([
      { sql: 'DELETE FROM agent_runs WHERE alive_at < :cutoff', parameters: { cutoff: toInstant(startedMs - keepMs) } },
      {
        sql: 'INSERT INTO agent_runs (started_at, alive_at, resumed) VALUES (:at, :at, :resumed)',
        parameters: { at: toInstant(startedMs), resumed: resumed ? 1 : 0 },
      },
    ]);
    id = database.read(idSchema, 'SELECT max(id) AS id FROM agent_runs')[0]?.id ?? 0;
  };
  const note = async (): Promise<void> => {
    const nowMs = clock.now();
    if (nowMs - aliveMs > SLEPT_MS || nowMs < aliveMs) {
      resumed = true;
      return begin();
    }
    aliveMs = nowMs;
    const parameters = { id, at: toInstant(nowMs) };
    await database.write([{ sql: 'UPDATE agent_runs SET alive_at = :at WHERE id = :id', parameters }], {
      mayForget: true,
    });
  };
  const noteSafely = async () => {
    try {
      await note();
    } catch (error) {
      log.warn({ err: error }, 'That the agent runs could not be stored');
    }
  };
  const noteRegularly = () => {
    if (closed) return;
    // One at a time: a disk that takes none must not gather them.
    cancel = clock.after(NOTE_MS, () => void noteSafely().then(noteRegularly));
  };
  await begin();
  noteRegularly();

  return {
    since(sinceMs) {
      const nowMs = clock.now();
      // What was noted last is not yet that the machine slept since.
      const slept = nowMs - aliveMs > SLEPT_MS || nowMs < aliveMs;
      const own = { fromMs: startedMs, toMs: slept ? aliveMs : nowMs, resumed };
      const earlier = database.read(
        rowSchema,
        'SELECT started_at, alive_at, resumed FROM agent_runs WHERE id < :id AND alive_at >= :since ORDER BY id',
        { id, since: toInstant(sinceMs) },
      );
      return [
        ...earlier.map((row) => ({
          fromMs: Date.parse(row.started_at),
          toMs: Date.parse(row.alive_at),
          resumed: row.resumed === 1,
        })),
        own,
      ];
    },
    async close() {
      closed = true;
      cancel();
      await noteSafely();
    },
  };
}

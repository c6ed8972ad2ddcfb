import { z } from 'zod';
import type { Database } from '../../store/index.ts';
import { type Clock, toInstant } from '../clock.ts';
import type { Health } from '../directory/connector.ts';
import type { LazyWriter } from '../storage/lazy-writer.ts';
import type { AgentRuns } from './agent-runs.ts';
import { type HealthChange, type HealthSpan, healthSpans } from './health-spans.ts';

/** How far back it is known how connectors were. */
export interface HealthRetention {
  /** Changes of each connector; 0 keeps none. */
  readonly keep: number;
  readonly keep_hours: number;
}

/** How a connector was, in spans without holes. */
export interface HealthTimeline {
  readonly fromMs: number;
  readonly toMs: number;
  /** Oldest first. */
  readonly spans: readonly HealthSpan[];
  /** There were more spans than are given: the oldest are left out, and `fromMs` is where the rest begins. */
  readonly cut: boolean;
}

/** How each connector was, on disk; the last seconds may be lost with the power. */
export interface HealthHistory {
  record(connectorId: string, health: Health): void;
  /** Reads what has been recorded, stored or not. */
  read(connectorId: string, span: { readonly sinceMs?: number; readonly untilMs?: number }): Promise<HealthTimeline>;
  forget(connectorId: string): void;
  /** Deletes what is older than it may be. */
  tidy(): Promise<void>;
}

const HOUR_MS = 3_600_000;
const DEFAULT_SPAN_MS = 24 * HOUR_MS;
/** Spans in one answer, the newest. */
const MOST_SPANS = 1_000;

const rowSchema = z.object({
  at: z.string(),
  state: z.enum(['ok', 'listening', 'starting', 'error']),
  reason: z.string().nullable(),
  message: z.string().nullable(),
  cause_id: z.string().nullable(),
});
const lastSchema = z.object({ connector_id: z.string(), seq: z.int() });

export function openHealthHistory(parts: {
  readonly database: Database;
  readonly lazy: LazyWriter;
  readonly clock: Clock;
  readonly retention: HealthRetention;
  readonly runs: AgentRuns;
}): HealthHistory {
  const { database, lazy, clock, retention, runs } = parts;
  const last = new Map(
    database
      .read(lastSchema, 'SELECT connector_id, max(seq) AS seq FROM health_history GROUP BY connector_id')
      .map(({ connector_id, seq }) => [connector_id, seq]),
  );

  return {
    record(connectorId, { state, reason, message, cause_id }) {
      if (retention.keep === 0) return;
      const seq = (last.get(connectorId) ?? 0) + 1;
      last.set(connectorId, seq);
      const at = toInstant(clock.now());
      lazy.put(`health-history/${connectorId}/${seq}`, () => ({
        sql: `INSERT INTO health_history (connector_id, seq, at, state, reason, message, cause_id)
              SELECT :connector_id, :seq, :at, :state, :reason, :message, :cause_id
              WHERE EXISTS (SELECT 1 FROM connectors WHERE id = :connector_id)`,
        parameters: { connector_id: connectorId, seq, at, state, reason, message, cause_id },
      }));
      lazy.put(`health-history/${connectorId}/first`, () => ({
        sql: 'DELETE FROM health_history WHERE connector_id = :connector_id AND seq <= :last',
        parameters: { connector_id: connectorId, last: (last.get(connectorId) ?? 0) - retention.keep },
      }));
    },
    async read(connectorId, { sinceMs, untilMs }) {
      await lazy.flush();
      const nowMs = clock.now();
      const toMs = Math.min(untilMs ?? nowMs, nowMs);
      const oldestMs = nowMs - retention.keep_hours * HOUR_MS;
      const fromMs = Math.min(Math.max(sinceMs ?? toMs - DEFAULT_SPAN_MS, oldestMs), toMs);
      const rows = database.read(
        rowSchema,
        `SELECT at, state, reason, message, cause_id FROM health_history
         WHERE connector_id = :connector_id AND at <= :to AND seq >= coalesce(
           (SELECT max(seq) FROM health_history WHERE connector_id = :connector_id AND at <= :from), 0)
         ORDER BY seq`,
        { connector_id: connectorId, from: toInstant(fromMs), to: toInstant(toMs) },
      );
      const changes = rows.map(({ at, ...what }): HealthChange => ({ ...what, atMs: Date.parse(at) }));
      const all = healthSpans(changes, runs.since(fromMs), { fromMs, toMs });
      const spans = all.slice(-MOST_SPANS);
      return { fromMs: spans[0]?.fromMs ?? fromMs, toMs, spans, cut: spans.length < all.length };
    },
    forget(connectorId) {
      last.delete(connectorId);
      lazy.drop(`health-history/${connectorId}/`);
    },
    async tidy() {
      // The last change before the oldest moment says how it was then.
      await database.write(
        [
          {
            sql: `DELETE FROM health_history WHERE seq < (
                    SELECT max(before.seq) FROM health_history AS before
                    WHERE before.connector_id = health_history.connector_id AND before.at <= :oldest)`,
            parameters: { oldest: toInstant(clock.now() - retention.keep_hours * HOUR_MS) },
          },
        ],
        { mayForget: true },
      );
    },
  };
}

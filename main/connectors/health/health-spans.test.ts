import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AgentRun } from './agent-runs.ts';
import { type HealthChange, healthSpans } from './health-spans.ts';

const change = (atMs: number, state: HealthChange['state'], reason: string | null = null): HealthChange => ({
  atMs,
  state,
  reason,
  message: null,
  cause_id: null,
});
const run = (fromMs: number, toMs: number, resumed = false): AgentRun => ({ fromMs, toMs, resumed });
const words = (...args: Parameters<typeof healthSpans>) =>
  healthSpans(...args).map(
    ({ fromMs, toMs, state, reason }) => `${fromMs}-${toMs} ${state}${reason === null ? '' : ` ${reason}`}`,
  );

describe('the spans of health', () => {
  it('follow each other from change to change, with the last one before them', () => {
    expect(
      words([change(0, 'ok'), change(20, 'error', 'no_reply'), change(30, 'ok')], [run(0, 100)], {
        fromMs: 10,
        toMs: 100,
      }),
    ).toEqual(['10-20 ok', '20-30 error no_reply', '30-100 ok']);
  });

  it('are not known while the agent did not run, nor before a new run has looked', () => {
    expect(
      words([change(0, 'ok'), change(62, 'starting'), change(65, 'ok')], [run(0, 40), run(60, 100)], {
        fromMs: 0,
        toMs: 100,
      }),
    ).toEqual(['0-40 ok', '40-62 not_known agent_not_running', '62-65 starting', '65-100 ok']);
  });

  it('go on as they were when the machine slept', () => {
    expect(words([change(0, 'ok')], [run(0, 40), run(60, 100, true)], { fromMs: 0, toMs: 100 })).toEqual([
      '0-40 ok',
      '40-60 not_known agent_not_running',
      '60-100 ok',
    ]);
  });

  it('say that nothing is kept of the time before the first change', () => {
    expect(words([change(50, 'ok')], [run(0, 20), run(30, 100)], { fromMs: 0, toMs: 100 })).toEqual([
      '0-50 not_known not_kept',
      '50-100 ok',
    ]);
    expect(words([], [run(0, 100)], { fromMs: 0, toMs: 100 })).toEqual(['0-100 not_known not_kept']);
  });

  it('have no holes and no overlap, whatever was stored', () => {
    const changes = fc
      .array(fc.integer({ min: 0, max: 200 }))
      .map((times) =>
        times.sort((left, right) => left - right).map((atMs, index) => change(atMs, index % 2 === 0 ? 'ok' : 'error')),
      );
    const runs = fc
      .array(fc.tuple(fc.integer({ min: 0, max: 200 }), fc.boolean()), { maxLength: 8 })
      .map((times) => times.sort(([left], [right]) => left - right))
      .map((times) =>
        times.flatMap(([fromMs, resumed], index) =>
          index % 2 === 0 ? [run(fromMs, times[index + 1]?.[0] ?? 200, resumed)] : [],
        ),
      );
    fc.assert(
      fc.property(changes, runs, fc.integer({ min: 0, max: 90 }), (stored, ran, fromMs) => {
        const spans = healthSpans(stored, ran, { fromMs, toMs: 150 });
        let atMs = fromMs;
        for (const span of spans) {
          expect(span.fromMs).toBe(atMs);
          expect(span.toMs).toBeGreaterThan(span.fromMs);
          atMs = span.toMs;
        }
        expect(atMs).toBe(150);
      }),
    );
  });
});

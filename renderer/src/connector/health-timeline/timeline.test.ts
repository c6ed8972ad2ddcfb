import { describe, expect, it } from 'vitest';
import type { HealthSpan } from '../../live/wire.ts';
import { barsOf, displayDuration, summarise } from './timeline.ts';

const at = (seconds: number) => new Date(seconds * 1000).toISOString();
const span = (from: number, to: number, state: HealthSpan['state']): HealthSpan => ({
  from: at(from),
  to: at(to),
  state,
  reason: null,
  message: null,
  cause_id: null,
});

describe('the timeline of health', () => {
  it('counts neighbouring errors as one problem, and adds up what is not known', () => {
    const spans = [span(0, 10, 'ok'), span(10, 20, 'error'), span(20, 30, 'error'), span(30, 60, 'not_known')];
    expect(summarise([...spans, span(60, 65, 'error')])).toEqual({
      problems: 2,
      problemSeconds: 25,
      notKnownSeconds: 30,
      knownSince: null,
      nothing: false,
    });
    expect(summarise([span(0, 10, 'not_known')])).toMatchObject({ problems: 0, nothing: true });
    const before = { ...span(0, 10, 'not_known'), reason: 'not_kept' };
    expect(summarise([before, span(10, 20, 'ok')])).toMatchObject({ notKnownSeconds: 0, knownSince: at(10) });
  });

  it('puts each span where its time is, in the lane of its state', () => {
    const bars = barsOf([span(0, 50, 'ok'), span(50, 100, 'error')], 0, 100_000);
    expect([...bars]).toEqual([
      ['ok', [{ from: 0, width: 0.5 }]],
      ['error', [{ from: 0.5, width: 0.5 }]],
    ]);
  });

  it('leaves the full stop to the sentence', () => {
    expect(displayDuration(7_505, 'de')).toBe('2 Std. 5 Min');
  });

  it('says how long in two units', () => {
    expect([0, 0.3, 40.4, 90, 3_600, 7_500, 180_000].map((seconds) => displayDuration(seconds, 'en'))).toEqual([
      '0 sec',
      '< 1 sec',
      '40 sec',
      '1 min 30 sec',
      '1 hr',
      '2 hr 5 min',
      '2 days 2 hr',
    ]);
  });
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Lost, widenGaps } from './gaps.ts';
import type { Gap } from './terms.ts';

const lost = (seq: number, stream = 'scan.read'): Lost => ({
  class: 'streams',
  device: 'dev_1',
  stream,
  source: 'scanner',
  simulated: false,
  seq,
  at: new Date(seq * 1000).toISOString(),
});

test('neighbours are one gap, with the time of its first and its last', () => {
  const gaps = widenGaps([], [lost(4), lost(5)], 'bytes');
  expect(widenGaps(gaps, [lost(6), lost(8)], 'bytes')).toMatchObject([
    { firstSeq: 4, lastSeq: 6, lost: 3, fromAt: lost(4).at, toAt: lost(6).at },
    { firstSeq: 8, lastSeq: 8, lost: 1 },
  ]);
});

test('a gap filled from both sides is one, whose causes were several', () => {
  const gaps = widenGaps(widenGaps([], [lost(1), lost(3)], 'age'), [lost(2)], 'bytes');
  expect(gaps).toMatchObject([{ firstSeq: 1, lastSeq: 3, lost: 3, reason: 'several' }]);
});

test('whatever is lost in whatever order, the gaps are exactly it', () => {
  const batches = fc.array(fc.uniqueArray(fc.integer({ min: 1, max: 30 }), { maxLength: 8 }), { maxLength: 8 });
  fc.assert(
    fc.property(batches, batches, (first, second) => {
      const gone = { a: new Set<number>(), b: new Set<number>() };
      let gaps: readonly Gap[] = [];
      const lose = (stream: 'a' | 'b', seqs: readonly number[]) => {
        const fresh = seqs.filter((seq) => !gone[stream].has(seq)).sort((left, right) => left - right);
        for (const seq of fresh) gone[stream].add(seq);
        gaps = widenGaps(
          gaps,
          fresh.map((seq) => lost(seq, stream)),
          'bytes',
        );
      };
      for (const [index, seqs] of first.entries()) {
        lose('a', seqs);
        lose('b', second[index] ?? []);
      }
      for (const stream of ['a', 'b'] as const) {
        const covered = gaps
          .filter((gap) => gap.stream === stream)
          .flatMap((gap) => {
            expect(gap.lost).toBe(gap.lastSeq - gap.firstSeq + 1);
            return Array.from({ length: gap.lost }, (_, index) => gap.firstSeq + index);
          });
        expect(covered.sort((left, right) => left - right)).toEqual(
          [...gone[stream]].sort((left, right) => left - right),
        );
      }
    }),
  );
});

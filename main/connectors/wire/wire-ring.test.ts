import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { WireEntry } from './wire-entry.ts';
import { createWireRing } from './wire-ring.ts';

const frame = (length: number): WireEntry => ({
  direction: 'in',
  at: '2026-01-01T00:00:00.000Z',
  bytes: new Uint8Array(length),
  omitted: 0,
  masked: [],
  call: null,
});
const bytesIn = (entries: readonly WireEntry[]) =>
  entries.reduce((sum, entry) => sum + (entry.direction === 'note' ? 0 : entry.bytes.length), 0);
const now = '2026-01-01T00:00:01.000Z';

describe('the ring of a wire', () => {
  it('gives up the oldest over its size, and puts a gap in their place that says how much it was', () => {
    const ring = createWireRing({ bytes: 1_000, ageMs: 60_000 });
    const begin = ring.start();
    for (let index = 0; index < 10; index += 1) ring.add(frame(100), index);
    const { entries, place } = ring.after(begin, 100, now);
    expect(entries[0]).toMatchObject({ code: 'gap', lost: { lines: 7, bytes: 700 } });
    expect(entries).toHaveLength(4);
    expect(ring.after(place, 100, now).entries).toEqual([]);
  });

  it('gives up what is too old, also when nothing new comes', () => {
    const ring = createWireRing({ bytes: 10_000, ageMs: 1_000 });
    ring.add(frame(5), 0);
    ring.expire(1_001);
    expect(ring.after(ring.start(), 10, now).entries).toMatchObject([
      { code: 'gap', at: now, lost: { lines: 1, bytes: 5 } },
    ]);
    expect(ring.after(ring.end(), 10, now).entries).toEqual([]);
  });

  it('forgets what was cleared without a gap for anybody', () => {
    const ring = createWireRing({ bytes: 10_000, ageMs: 1_000 });
    const begin = ring.start();
    ring.add(frame(5), 0);
    ring.clear();
    ring.add(frame(6), 1);
    expect(bytesIn(ring.after(begin, 10, now).entries)).toBe(6);
    expect(ring.after(begin, 10, now).entries).toHaveLength(1);
  });

  it('accounts for every byte to a reader who pauses anywhere: given, or told in a gap', () => {
    const steps = fc.array(fc.oneof(fc.integer({ min: 0, max: 400 }), fc.constant(null)), { maxLength: 60 });
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 5 }), (all, limit) => {
        const ring = createWireRing({ bytes: 2_000, ageMs: 60_000 });
        let place = ring.start();
        let seen = 0;
        const read = () => {
          const part = ring.after(place, limit, now);
          for (const entry of part.entries) {
            if (entry.direction !== 'note') seen += entry.bytes.length;
            else if (entry.code === 'gap') seen += entry.lost?.bytes ?? 0;
          }
          place = part.place;
        };
        let sent = 0;
        for (const step of all) {
          if (step === null) read();
          else {
            ring.add(frame(step), 0);
            sent += step;
          }
        }
        while (place.seq < ring.end().seq) read();
        expect(seen).toBe(sent);
      }),
    );
  });
});

import { describe, expect, it } from 'vitest';
import type { Received } from '../loads/load.ts';
import { type Account, judge, type Row, type Told } from './judge.ts';

const applied: Told = { outcome: 'applied', sent: true, evidence: 'read_back' };
const unknown: Told = { outcome: 'unknown', sent: true, evidence: null };
const notSent: Told = { outcome: 'failed', sent: false, evidence: null };
const appliedRow: Row = { state: 'applied', sent: true, resolved: false };
const ask: Account = { key: 'k', mark: 'm', first: null, last: applied, row: appliedRow, shown: true };
let sequence = 0;
const frame = (mark = 'm', done = true): Received => {
  sequence += 1;
  return { sequence, mark, done };
};
const sound = { doubled: 0, unaccounted: 0, wrong: [] };

describe('the judge of a killed agent', () => {
  it('finds one frame for one applied ask sound', () => {
    expect(judge([ask], { before: [frame()], after: [] })).toMatchObject({ effects: 1, applied: 1, ...sound });
    expect(judge([ask], { before: [], after: [frame()] })).toMatchObject({ applied: 1, ...sound });
  });

  it('counts a frame that came twice, in whichever half', () => {
    for (const receipt of [
      { before: [frame(), frame()], after: [] },
      { before: [frame()], after: [frame()] },
    ]) {
      expect(judge([ask], receipt)).toMatchObject({ doubled: 1 });
    }
  });

  it('counts a frame that its caller heard was not sent', () => {
    const last = { ...ask, last: notSent, row: { state: 'failed', sent: false, resolved: false } };
    expect(judge([last], { before: [frame()], after: [] })).toMatchObject({ unaccounted: 1, doubled: 0 });
    const first = { ...ask, first: notSent };
    expect(judge([first], { before: [frame()], after: [] })).toMatchObject({ unaccounted: 1 });
  });

  it('lets a call that was not sent at first be done when it is asked again', () => {
    expect(judge([{ ...ask, first: notSent }], { before: [], after: [frame()] })).toMatchObject(sound);
  });

  it('counts a frame without a row, and one that nobody asked for', () => {
    expect(judge([{ ...ask, last: unknown, row: null }], { before: [frame()], after: [] })).toMatchObject({
      unaccounted: 1,
      wrong: [expect.stringContaining('no row')],
    });
    expect(judge([ask], { before: [frame(), frame('other')], after: [] })).toMatchObject({ unaccounted: 1 });
  });

  it('counts a claim that nothing stands behind', () => {
    expect(judge([ask], { before: [], after: [] })).toMatchObject({ unaccounted: 1 });
    expect(judge([ask], { before: [frame('m', false)], after: [] })).toMatchObject({ unaccounted: 1 });
    const told = { ...applied, evidence: 'status_after' };
    expect(judge([{ ...ask, last: told }], { before: [], after: [] })).toMatchObject(sound);
    expect(judge([{ ...ask, last: told, shown: false }], { before: [], after: [] })).toMatchObject({ unaccounted: 1 });
  });

  it('counts an answer that the journal forgot, and a call that never ended', () => {
    const forgotten = { ...ask, first: applied, row: { state: 'unknown', sent: true, resolved: false } };
    expect(judge([forgotten], { before: [frame()], after: [] })).toMatchObject({ unaccounted: 1 });
    const pending = { ...ask, last: { ...unknown, outcome: 'pending' } };
    expect(judge([pending], { before: [frame()], after: [] })).toMatchObject({ unaccounted: 1 });
  });

  it('keeps what stays unknown apart from what the device could tell', () => {
    const left = { ...ask, last: unknown, row: { state: 'unknown', sent: true, resolved: false } };
    const resolved = { ...ask, key: 'r', mark: 'r', row: { ...appliedRow, resolved: true } };
    expect(judge([left, resolved], { before: [frame(), frame('r')], after: [] })).toMatchObject({
      unknown_left: 1,
      unknown_resolved: 1,
      applied: 1,
      ...sound,
    });
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createManualClock } from '../testing/manual-clock.ts';
import type { WireCall, WireFrame } from './wire-frame.ts';
import { createWireTaps } from './wire-taps.ts';

const call: WireCall = { purpose: 'read', tool: 'weight.read', journal_id: null, label: 'read the weight' };
const latin1 = (text: string) => Uint8Array.from(Buffer.from(text, 'latin1'));
const text = (frame: WireFrame) =>
  frame.direction === 'note' ? frame.text : `${frame.direction} ${Buffer.from(frame.bytes).toString('latin1')}`;

function open() {
  const clock = createManualClock();
  const told: WireFrame[] = [];
  const taps = createWireTaps(clock, (_connectorId, frames) => told.push(...frames));
  taps.open('cn_1', true);
  return { clock, told, taps, tap: taps.of('cn_1') };
}

describe('the tap of a wire', () => {
  it('tells nothing, and keeps nothing, while nobody listens', async () => {
    const { clock, told, taps, tap } = open();
    taps.open('cn_1', false);
    tap.sent(latin1('SI'), call, []);
    tap.heard(latin1('S S'), call);
    tap.note('lost', 'gone', null);
    taps.open('cn_1', true);
    await clock.advance(1_000);
    expect(told).toEqual([]);
  });

  it('gathers an answer that comes in pieces, and parts it from the next question and from what nobody asked', async () => {
    const { clock, told, tap } = open();
    tap.sent(latin1('SI\r\n'), call, []);
    tap.heard(latin1('S S '), call);
    await clock.advance(5);
    tap.heard(latin1('1.0 g'), call);
    tap.heard(latin1('unasked'), null);
    tap.sent(latin1('Z\r\n'), { ...call }, []);
    await clock.advance(200);
    expect(told.map(text)).toEqual(['out SI\r\n', 'in S S 1.0 g', 'in unasked', 'out Z\r\n']);
    expect(told[2]).toMatchObject({ call: null });
  });

  it('parts what comes after a silence, and each report of a HID device', async () => {
    const { clock, told, tap } = open();
    tap.heard(latin1('a'), null);
    await clock.advance(500);
    tap.heard(latin1('b'), null);
    await clock.advance(500);
    tap.follow('hid');
    tap.heard(latin1('c'), null);
    tap.heard(latin1('d'), null);
    await clock.advance(500);
    expect(told.map(text)).toEqual(['in a', 'in b', 'in c', 'in d']);
  });

  it('replaces secrets before anything is kept, and of a secret answer keeps how much it was', async () => {
    const { clock, told, tap } = open();
    tap.sent(latin1('PASS 1234!\r\n'), call, [{ start: 5, end: 10 }]);
    tap.heard(latin1('1234!'), call, true);
    await clock.advance(200);
    expect(told.map(text)).toEqual(['out PASS *****\r\n', 'in *****']);
    expect(told).toMatchObject([{ masked: [{ start: 5, end: 10 }] }, { masked: [{ start: 0, end: 5 }] }]);
  });

  it('keeps the beginning of what is too long, and says how much is missing', async () => {
    const { clock, told, tap } = open();
    tap.sent(new Uint8Array(20_000), call, []);
    tap.heard(new Uint8Array(20_000), call);
    await clock.advance(200);
    expect(told).toMatchObject([
      { direction: 'out', omitted: 3_616 },
      { direction: 'in', omitted: 3_616 },
    ]);
  });

  it('tells a flow without a pause soon all the same, and what waits when it closes', async () => {
    const { clock, told, taps, tap } = open();
    for (let step = 0; step < 30; step += 1) {
      tap.heard(latin1('x'), null);
      await clock.advance(10);
    }
    expect(told.length).toBeGreaterThan(1);
    tap.note('lost', 'gone', null);
    taps.close();
    expect(text(told.at(-1) ?? Object.assign({}))).toBe('gone');
  });

  it('loses no byte and keeps their order, however they come', async () => {
    const steps = fc.array(
      fc.record({
        chunk: fc.uint8Array({ minLength: 1, maxLength: 40 }),
        pauseMs: fc.constantFrom(0, 1, 10, 30, 150),
        asked: fc.boolean(),
        framed: fc.boolean(),
      }),
      { maxLength: 40 },
    );
    await fc.assert(
      fc.asyncProperty(steps, async (all) => {
        const { clock, told, taps, tap } = open();
        for (const { chunk, pauseMs, asked, framed } of all) {
          tap.follow(framed ? 'hid' : 'serial');
          tap.heard(chunk, asked ? call : null);
          if (pauseMs > 0) await clock.advance(pauseMs);
        }
        taps.close();
        const bytes = told.flatMap((frame) => (frame.direction === 'note' ? [] : [...frame.bytes]));
        expect(bytes).toEqual(all.flatMap(({ chunk }) => [...chunk]));
      }),
      { numRuns: 50 },
    );
  });
});

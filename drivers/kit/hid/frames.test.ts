import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concatBytes, fromHex } from '../link.ts';
import {
  decodeHidFrame,
  encodeHidFrame,
  type HidFrame,
  type HidFrameKind,
  matchHidFrames,
  readHidFrame,
} from './frames.ts';
import {
  awaitInputReport,
  getFeatureReport,
  isHidQuestion,
  recalledFrame,
  recallInputReport,
  sendOutputReport,
  setFeatureReport,
} from './requests.ts';

const kinds: readonly HidFrameKind[] = [
  ...(['input', 'output', 'set_feature', 'get_feature', 'feature', 'taken', 'refused', 'recall', 'recalled'] as const),
];
const frame = fc.record({
  kind: fc.constantFrom(...kinds),
  reportId: fc.nat(255),
  data: fc.uint8Array({ maxLength: 300 }),
});

describe('frames of the HID link', () => {
  it('are read back as they were written, one after the other', () => {
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 5 }), (frames) => {
        const bytes = concatBytes(...frames.map(encodeHidFrame));
        const read: HidFrame[] = [];
        for (let at = 0; at < bytes.length; ) {
          const reading = readHidFrame(bytes, at);
          if (reading.kind !== 'frame') throw new Error(reading.kind);
          read.push(reading.frame);
          at += reading.size;
        }
        expect(read).toEqual(frames);
      }),
    );
  });

  it('are incomplete until their last byte is there', () => {
    fc.assert(
      fc.property(frame, fc.nat(303), (one, cut) => {
        const bytes = encodeHidFrame(one);
        expect(readHidFrame(bytes.subarray(0, cut % bytes.length)).kind).toBe('incomplete');
        expect(decodeHidFrame(bytes)).toEqual(one);
        expect(decodeHidFrame(concatBytes(bytes, Uint8Array.of(0)))).toBeNull();
      }),
    );
  });

  it('are never seen in other bytes, and a report id or a length that there is not is refused', () => {
    expect(readHidFrame(fromHex('03 04 02 00'))).toMatchObject({ kind: 'bad' });
    expect(matchHidFrames(() => ({ kind: 'skip' }))(fromHex('41 42'))).toMatchObject({ kind: 'bad' });
    expect(() => encodeHidFrame({ kind: 'input', reportId: 256, data: new Uint8Array() })).toThrow(RangeError);
    expect(() => encodeHidFrame({ kind: 'input', reportId: 0, data: new Uint8Array(0x1_0000) })).toThrow(RangeError);
  });
});

describe('requests over the HID link', () => {
  const input = (reportId: number, hex: string) => encodeHidFrame({ kind: 'input', reportId, data: fromHex(hex) });
  const answer = (kind: HidFrameKind, reportId: number, hex = '') =>
    encodeHidFrame({ kind, reportId, data: fromHex(hex) });

  it('get a feature report past the input reports that come meanwhile', () => {
    const { bytes, match } = getFeatureReport(0, 8, 'read the relays');
    expect(bytes).toEqual(fromHex('E4 02 00 00 08 00'));
    const other = input(0, '01');
    expect(match(other)).toEqual({ kind: 'incomplete', discard: other.length });
    expect(match(concatBytes(other, answer('feature', 1, '09')))).toMatchObject({ kind: 'incomplete' });
    expect(match(concatBytes(other, answer('feature', 0, '42 49')))).toMatchObject({
      kind: 'reply',
      value: fromHex('42 49'),
    });
  });

  it('say so when the device refuses', () => {
    const refused = encodeHidFrame({ kind: 'refused', reportId: 0, data: new TextEncoder().encode('Broken pipe') });
    for (const { match } of [
      getFeatureReport(0, 8, 'x'),
      setFeatureReport({ id: 0, data: new Uint8Array(8) }, 'x'),
      sendOutputReport({ id: 0, data: new Uint8Array(1) }, 'x'),
    ]) {
      expect(() => match(refused)).toThrow(expect.objectContaining({ code: 'device_refused' }));
    }
  });

  it('are over when the device has taken the report', () => {
    const request = setFeatureReport({ id: 0, data: fromHex('FF 01 00 00 00 00 00 00') }, 'relay 1 on');
    expect(request.bytes).toEqual(fromHex('E3 08 00 00 FF 01 00 00 00 00 00 00'));
    expect(request.match(answer('taken', 0))).toMatchObject({ kind: 'reply', value: null });
    expect(request.match(answer('taken', 1))).toMatchObject({ kind: 'incomplete' });
  });

  it('wait for an input report that is understood, and send nothing for it', () => {
    const request = awaitInputReport(({ id, data }) => (id === 3 ? data.length : null), 'a weight', 500);
    expect(request.bytes).toHaveLength(0);
    const passed = concatBytes(input(4, '02'), answer('taken', 2));
    expect(request.match(passed)).toEqual({ kind: 'incomplete', discard: passed.length });
    expect(request.match(concatBytes(passed, input(3, '04 02'), input(3, '05')))).toEqual({
      kind: 'reply',
      value: 2,
      consumed: passed.length + 6,
    });
  });

  it('recall the last report with its age', () => {
    fc.assert(
      fc.property(fc.nat(255), fc.uint8Array({ maxLength: 70 }), fc.nat(0xffff_ffff), (id, data, ageMs) => {
        const { match } = recallInputReport(id, 'x');
        expect(match(encodeHidFrame(recalledFrame(id, { data, ageMs })))).toMatchObject({
          kind: 'reply',
          value: { id, data, ageMs },
        });
        expect(match(encodeHidFrame(recalledFrame(id, null)))).toMatchObject({ kind: 'reply', value: null });
      }),
    );
  });

  it('tell questions from what a device acts on', () => {
    expect(isHidQuestion(getFeatureReport(0, 8, 'x').bytes)).toBe(true);
    expect(isHidQuestion(recallInputReport(3, 'x').bytes)).toBe(true);
    expect(isHidQuestion(setFeatureReport({ id: 0, data: new Uint8Array(8) }, 'x').bytes)).toBe(false);
    expect(isHidQuestion(sendOutputReport({ id: 2, data: fromHex('02') }, 'x').bytes)).toBe(false);
    expect(isHidQuestion(fromHex('FF'))).toBe(false);
  });
});

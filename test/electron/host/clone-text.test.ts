import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeClone, encodeClone } from './clone-text.ts';

describe('structured clones as text', () => {
  it('are what structuredClone makes, of anything it takes', () => {
    const anything = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withTypedArray: true,
      withSparseArray: true,
      withBoxedValues: true,
    });
    fc.assert(
      fc.property(anything, (value) => {
        const text = encodeClone(value);
        expect(decodeClone(text)).toEqual(structuredClone(value));
        expect(Object.is(decodeClone(encodeClone(value)), -0)).toBe(Object.is(value, -0));
      }),
    );
  });

  it('keep loops and what is shared', () => {
    const shared = { a: 1 };
    const value: Record<string, unknown> = {
      left: shared,
      right: shared,
      buffer: new Uint8Array([1, 2, 3, 4]).subarray(1, 3),
    };
    value['self'] = value;
    const back = decodeClone(encodeClone(value)) as typeof value;
    expect(back['self']).toBe(back);
    expect(back['left']).toBe(back['right']);
    expect(back['buffer']).toEqual(new Uint8Array([2, 3]));
    expect(back['left']).not.toBe(shared);
  });

  it('refuse what structuredClone refuses', () => {
    for (const value of [() => {}, Symbol('s'), { deep: [() => {}] }, new WeakMap(), Promise.resolve()]) {
      expect(() => encodeClone(value)).toThrow(DOMException);
      expect(() => structuredClone(value)).toThrow();
    }
  });

  it('stand alone as text, since that is how they get into a page', () => {
    const both = new Function(`return [${encodeClone}, ${decodeClone}]`)() as [typeof encodeClone, typeof decodeClone];
    expect(both[1](both[0](new Map([[1, new Date(2)]])))).toEqual(new Map([[1, new Date(2)]]));
  });
});

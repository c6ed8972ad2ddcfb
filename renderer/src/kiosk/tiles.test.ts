import fc from 'fast-check';
import { expect, it } from 'vitest';
import { gridFor, pageOfTiles } from './tiles.ts';

it('has two by two tiles on the smallest panel, and more on larger ones', () => {
  expect(gridFor(976, 400)).toEqual({ columns: 2, rows: 2 });
  expect(gridFor(1872, 860)).toEqual({ columns: 5, rows: 4 });
  expect(gridFor(300, 100)).toEqual({ columns: 1, rows: 1 });
});

it('shows each tile on exactly one page, and some page for any number', () => {
  fc.assert(
    fc.property(fc.nat(60), fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 4 }), (count, columns, rows) => {
      const items = Array.from({ length: count }, (_, index) => index);
      const { pages } = pageOfTiles(items, { columns, rows }, 1);
      const all = Array.from({ length: pages }, (_, index) => pageOfTiles(items, { columns, rows }, index + 1).shown);
      expect(all.flat()).toEqual(items);
      expect(pageOfTiles(items, { columns, rows }, Number.NaN).page).toBe(1);
      expect(pageOfTiles(items, { columns, rows }, 99).page).toBe(pages);
    }),
  );
});

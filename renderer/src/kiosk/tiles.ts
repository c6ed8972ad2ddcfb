import { standingOf } from '../frame/verdict.ts';
import type { Connector } from '../live/wire.ts';

/** A tile is at least so wide and high, in pixels: it is read from two steps away and pressed with gloves. */
const LEAST_WIDTH_PX = 360;
const LEAST_HEIGHT_PX = 180;
const GAP_PX = 16;

/** How many tiles stand side by side and below each other. */
export interface Grid {
  readonly columns: number;
  readonly rows: number;
}

/** The grid that fits into a place of this size; there is always room for one tile. */
export function gridFor(widthPx: number, heightPx: number): Grid {
  const count = (room: number, least: number) => Math.max(1, Math.floor((room + GAP_PX) / (least + GAP_PX)));
  return { columns: count(widthPx, LEAST_WIDTH_PX), rows: count(heightPx, LEAST_HEIGHT_PX) };
}

const collator = new Intl.Collator(undefined, { numeric: true });

/** The connectors as a supervisor wants them: those that need somebody first, all others by name, so that each keeps its place. */
export function inKioskOrder(connectors: Iterable<Connector>): readonly Connector[] {
  const rank = (connector: Connector) => (standingOf(connector) === 'needs' ? 0 : 1);
  return [...connectors].sort((left, right) => rank(left) - rank(right) || collator.compare(left.name, right.name));
}

/** A page of them. `page` counts from 1; one that is not there is the nearest that is. */
export function pageOfTiles<Item>(
  items: readonly Item[],
  { columns, rows }: Grid,
  page: number,
): { readonly shown: readonly Item[]; readonly page: number; readonly pages: number } {
  const size = columns * rows;
  const pages = Math.max(1, Math.ceil(items.length / size));
  const there = Math.min(Math.max(1, Math.trunc(page) || 1), pages);
  return { shown: items.slice((there - 1) * size, there * size), page: there, pages };
}

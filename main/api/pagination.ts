import { createHash } from 'node:crypto';
import { AgentError } from '../../drivers/kit/index.ts';
import type { Page, PageRequest } from './backend.ts';
import type { ListOf } from './schemas/index.ts';

const checkLength = 16;

/** A cursor: the position, and a check that it belongs to this list with these filters. `limit` is not part of it. */
export function encodeCursor(list: string, filter: object, position: string): string {
  const check = checkOf(list, filter, position);
  return `cur_${Buffer.from(check + position, 'utf8').toString('base64url')}`;
}

/** The position in a cursor; `invalid_cursor` when it is malformed or was made for another query. */
export function decodeCursor(list: string, filter: object, cursor: string): string {
  const text = /^cur_[A-Za-z0-9_-]+$/.test(cursor) ? Buffer.from(cursor.slice(4), 'base64url').toString('utf8') : '';
  const position = text.slice(checkLength);
  // Compared whole, since base64 has several spellings of the same bytes.
  if (text.length <= checkLength || encodeCursor(list, filter, position) !== cursor) throw invalidCursor();
  return position;
}

/** What a cursor that leads nowhere is answered with. */
export function invalidCursor(): AgentError {
  return new AgentError('invalid_cursor', 'The cursor is malformed or was made for a list with other filters.', {
    hint: "Pass a response's next_cursor back unchanged with the same filters, or begin again without a cursor.",
  });
}

/** The list envelope around one page. */
export function toList<Item>(list: string, filter: object, page: Page<Item>): ListOf<Item> {
  return {
    object: 'list',
    data: page.items,
    has_more: page.next !== null,
    next_cursor: page.next === null ? null : encodeCursor(list, filter, page.next),
  };
}

/** The list envelope around everything there is. */
export function wholeList<Item>(items: readonly Item[]): ListOf<Item> {
  return { object: 'list', data: items, has_more: false, next_cursor: null };
}

/**
 * The page of a list that is already at hand, newest first. Goes on rightly when items were added or removed meanwhile:
 * `keyOf` gives each item's time of creation and id.
 */
export function pageOf<Item>(
  items: readonly Item[],
  request: PageRequest,
  keyOf: (item: Item) => { readonly at: string; readonly id: string },
): Page<Item> {
  const start = request.position === null ? 0 : startAfter(items, request.position, keyOf);
  const part = items.slice(start, start + request.limit);
  const last = part.at(-1);
  if (last === undefined || start + part.length >= items.length) return { items: part, next: null };
  const key = keyOf(last);
  return { items: part, next: `${key.at} ${key.id}` };
}

function startAfter<Item>(
  items: readonly Item[],
  position: string,
  keyOf: (item: Item) => { readonly at: string; readonly id: string },
): number {
  const space = position.indexOf(' ');
  const at = Date.parse(position.slice(0, space));
  const id = position.slice(space + 1);
  if (space < 1 || Number.isNaN(at)) throw invalidCursor();
  const same = items.findIndex((item) => keyOf(item).id === id);
  if (same >= 0) return same + 1;
  const older = items.findIndex((item) => Date.parse(keyOf(item).at) < at);
  return older >= 0 ? older : items.length;
}

function checkOf(list: string, filter: object, position: string): string {
  const sorted = Object.entries(filter)
    .filter(([name, value]) => value !== undefined && name !== 'limit' && name !== 'cursor')
    .sort(([left], [right]) => (left < right ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify([list, sorted, position]))
    .digest('base64url')
    .slice(0, checkLength);
}

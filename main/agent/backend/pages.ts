import { AgentError } from '../../../drivers/kit/index.ts';
import type { Page, PageRequest } from '../../api/index.ts';

/**
 * A page of a list that is whole in memory. The position is the id of the last item of the page before, so that what is
 * added in between (always at the front) moves nothing; when that item is gone its place is not known any more.
 */
export function pageOf<Item>(
  items: readonly Item[],
  idOf: (item: Item) => string,
  { limit, position }: PageRequest,
): Page<Item> {
  const start = position === null ? 0 : items.findIndex((item) => idOf(item) === position) + 1;
  if (position !== null && start === 0) {
    throw new AgentError('invalid_cursor', 'What this cursor pointed at is gone.', {
      hint: 'Begin again without a cursor.',
    });
  }
  const page = items.slice(start, start + limit);
  const last = page.at(-1);
  const more = start + limit < items.length;
  return { items: page, next: more && last !== undefined ? idOf(last) : null };
}

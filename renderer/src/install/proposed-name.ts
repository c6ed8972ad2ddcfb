import type { Connector, Listing } from '../live/wire.ts';

/** A name that nobody has yet: what kind of thing it is, and a number from the second on. */
export function proposedName(
  { category }: Pick<Listing, 'category'>,
  connectors: Iterable<Pick<Connector, 'name'>>,
): string {
  const taken = new Set([...connectors].map(({ name }) => name));
  if (!taken.has(category)) return category;
  let number = 2;
  while (taken.has(`${category}-${number}`)) number += 1;
  return `${category}-${number}`;
}

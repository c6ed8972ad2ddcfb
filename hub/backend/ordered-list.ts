/** A part is cut in two when it has grown to this: short enough to be moved in no time, long enough to be few. */
const LONGEST_PART = 512;

/** Items in order, each at a place of its own. Finding, adding and removing cost little, however many there are. */
export interface OrderedList<Place, Item extends Place> {
  readonly size: number;
  /** Takes the place of the one that is there. */
  add(item: Item): void;
  /** False when there is none at this place. */
  remove(place: Place): boolean;
  /** In order, behind a place where need not be any. The list may not change meanwhile. */
  items(after?: Place): Iterable<Item>;
}

/** Makes an empty one; `compare` says which of two comes first, and 0 only for the same place. */
export function createOrderedList<Place, Item extends Place>(
  compare: (left: Place, right: Place) => number,
): OrderedList<Place, Item> {
  /** None is empty. */
  const parts: Item[][] = [];
  let size = 0;
  const compareTo = (held: Item | undefined, place: Place): number => (held === undefined ? 1 : compare(held, place));
  /** The first part that does not end before this place, or the last part. */
  const partFor = (place: Place): number => {
    const at = firstIndex(parts.length, (index) => compareTo(parts[index]?.at(-1), place) >= 0);
    return Math.min(at, parts.length - 1);
  };
  const indexIn = (part: readonly Item[], place: Place): number =>
    firstIndex(part.length, (index) => compareTo(part[index], place) >= 0);

  return {
    get size() {
      return size;
    },
    add(item) {
      const at = partFor(item);
      const part = parts[at];
      if (part === undefined) {
        parts.push([item]);
        size += 1;
        return;
      }
      const index = indexIn(part, item);
      const held = part[index];
      if (held !== undefined && compare(held, item) === 0) {
        part[index] = item;
        return;
      }
      part.splice(index, 0, item);
      size += 1;
      if (part.length < LONGEST_PART) return;
      const half = part.length >> 1;
      parts.splice(at, 1, part.slice(0, half), part.slice(half));
    },
    remove(place) {
      const at = partFor(place);
      const part = parts[at];
      if (part === undefined) return false;
      const index = indexIn(part, place);
      const held = part[index];
      if (held === undefined || compare(held, place) !== 0) return false;
      part.splice(index, 1);
      size -= 1;
      if (part.length === 0) parts.splice(at, 1);
      return true;
    },
    *items(after) {
      if (parts.length === 0) return;
      let at = after === undefined ? 0 : partFor(after);
      const first = parts[at] ?? [];
      const from = after === undefined ? 0 : firstIndex(first.length, (index) => compareTo(first[index], after) > 0);
      yield* first.slice(from);
      for (at += 1; at < parts.length; at += 1) yield* parts[at] ?? [];
    },
  };
}

/** The first of `count` indexes for which `holds`, where it holds for all after it; `count` when for none. */
function firstIndex(count: number, holds: (index: number) => boolean): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

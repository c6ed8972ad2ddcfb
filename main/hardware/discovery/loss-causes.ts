import { randomBytes } from 'node:crypto';
import { unitPlace } from './identity.ts';

/** The kernel takes a hub's devices away one after the other; looks may fall in between. */
const SAME_CAUSE_MS = 500;

/** Gives losses with one cause one id (contract section 3). */
export interface LossCauses {
  /** The cause of what one look found gone. `topologies` are the places of the lost ports; null where unknown. */
  causeOf(topologies: readonly (string | null)[], atMs: number): string;
}

/** What goes in one look has one cause; so has what goes soon after it from the same hub or unit. */
export function createLossCauses(): LossCauses {
  let last: { readonly id: string; readonly atMs: number; readonly places: ReadonlySet<string> } | null = null;
  return {
    causeOf(topologies, atMs) {
      const places = topologies.flatMap((topology) => (topology === null ? [] : placesAbove(topology)));
      const before = last !== null && atMs - last.atMs <= SAME_CAUSE_MS ? last : null;
      const joined = before !== null && places.some((place) => before.places.has(place)) ? before : null;
      const id = joined?.id ?? `cause_${randomBytes(8).toString('hex')}`;
      last = { id, atMs, places: new Set([...(joined?.places ?? []), ...places]) };
      return id;
    },
  };
}

/** The unit's place and each hub above it: `...-usb-0:1.4.2` hangs on `...-usb-0:1.4`, which hangs on `...-usb-0:1`. */
function placesAbove(topology: string): readonly string[] {
  const places = [unitPlace(topology)];
  for (let place = places[0] ?? ''; /:\d+(\.\d+)+$/.test(place); ) {
    place = place.replace(/\.\d+$/, '');
    places.push(place);
  }
  return places;
}

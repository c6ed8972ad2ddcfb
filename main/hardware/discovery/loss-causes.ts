import { randomBytes } from 'node:crypto';
import { parseTcpAddress } from '../../../drivers/kit/index.ts';
import { unitPlace } from './identity.ts';

/** The kernel takes a hub's devices away one after the other, and a busy machine hears of each in its own time. */
const SAME_CAUSE_MS = 2_000;
/** A port tells of its end, and detection of the same later. */
const SAME_LOSS_MS = 60_000;

/** A port that went away. */
export interface LostPort {
  readonly path: string;
  /** Null where the bus does not say where it is. */
  readonly topology: string | null;
}

/** Gives losses with one cause one id (contract sections 2 and 3). */
export interface LossCauses {
  /** The cause of a loss; the same for the same loss told again, by the port and by detection. */
  causeOf(lost: LostPort, atMs: number): string;
  /** It is there again: what it loses next is another loss. */
  back(port: LostPort): void;
}

interface Cause {
  readonly id: string;
  /** The last loss that had it. */
  readonly atMs: number;
  readonly places: ReadonlySet<string>;
}

/**
 * What goes soon after something else of the same unit, of a hub above it, or at the same network host has its cause.
 * Ports of which nothing tells where they are (pseudo-terminals) are taken to have one server.
 */
export function createLossCauses(): LossCauses {
  let recent: readonly Cause[] = [];
  const told = new Map<string, { readonly id: string; readonly atMs: number }>();
  return {
    causeOf(lost, atMs) {
      const before = told.get(ownPlaceOf(lost));
      if (before !== undefined && atMs - before.atMs <= SAME_LOSS_MS) return before.id;
      const places = placesOf(lost);
      recent = recent.filter((cause) => atMs - cause.atMs <= SAME_CAUSE_MS);
      const joined = recent.find((cause) => places.some((place) => cause.places.has(place)));
      const id = joined?.id ?? `cause_${randomBytes(8).toString('hex')}`;
      const cause = { id, atMs, places: new Set([...(joined?.places ?? []), ...places]) };
      recent = [...recent.filter((each) => each !== joined), cause];
      told.set(ownPlaceOf(lost), { id, atMs });
      return id;
    },
    back: (port) => void told.delete(ownPlaceOf(port)),
  };
}

function ownPlaceOf({ path, topology }: LostPort): string {
  return topology === null ? path : unitPlace(topology);
}

function placesOf({ path, topology }: LostPort): readonly string[] {
  if (topology !== null) return placesAbove(topology);
  const host = parseTcpAddress(path)?.host;
  return [host === undefined ? 'a server on this machine' : `host ${host}`];
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

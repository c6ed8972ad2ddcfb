import { AgentError } from '../../../drivers/kit/index.ts';
import type { DeviceSide, ListingDescription } from '../../hardware/index.ts';

/** The listings that can be installed; they don't change while the agent runs. */
export interface Catalogue {
  all(): readonly ListingDescription[];
  /** Rejects with `not_found`. */
  get(id: string): ListingDescription;
}

/** Asks the device side once. */
export async function openCatalogue(deviceSide: DeviceSide): Promise<Catalogue> {
  const listings = await deviceSide.listings();
  return {
    all: () => listings,
    get(id) {
      const listing = listings.find((candidate) => candidate.id === id);
      if (listing !== undefined) return listing;
      throw new AgentError('not_found', `There is no listing ${id}.`, {
        hint: `Listings here: ${listings.map((candidate) => candidate.id).join(', ')}.`,
      });
    },
  };
}

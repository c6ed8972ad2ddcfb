import type { JsonObject } from '../../drivers/kit/index.ts';
import type { ListingObject } from '../../main/api/schemas/index.ts';
import { hashOf, readListing } from './told-bodies.ts';
import type { ToldStore } from './told-store.ts';

/** A listing that one or many agents told of. */
export interface SharedListing {
  readonly listing: ListingObject;
  /** Of its content, by this hub: what agents call it is not trusted to be right for others. */
  readonly hash: string;
  /** What the agents that share this one call it. */
  readonly digest: string;
}

/** The catalogues of agents: most have the same, so that each listing is kept once. */
export interface SharedListings {
  of(agentId: string): readonly SharedListing[];
  /** False when the body is none that this hub understands. */
  put(agentId: string, id: string, digest: string, body: JsonObject): boolean;
  remove(agentId: string, id: string): void;
  forget(agentId: string): void;
}

interface Held extends SharedListing {
  users: number;
}

/** Reads what is kept and follows what agents say. */
export function createSharedListings(store: ToldStore): SharedListings {
  const held = new Map<string, Held>();
  const usersOfHash = new Map<string, number>();
  const catalogues = new Map<string, readonly SharedListing[]>();
  const keyOf = (hash: string, digest: string) => `${hash}/${digest}`;

  const take = (hash: string, digest: string, listing: ListingObject): SharedListing => {
    const known = held.get(keyOf(hash, digest)) ?? { listing, hash, digest, users: 0 };
    known.users += 1;
    held.set(keyOf(hash, digest), known);
    usersOfHash.set(hash, (usersOfHash.get(hash) ?? 0) + 1);
    return known;
  };
  const release = ({ hash, digest }: SharedListing) => {
    const known = held.get(keyOf(hash, digest));
    if (known === undefined) return;
    known.users -= 1;
    if (known.users === 0) held.delete(keyOf(hash, digest));
    const left = (usersOfHash.get(hash) ?? 1) - 1;
    if (left > 0) return void usersOfHash.set(hash, left);
    usersOfHash.delete(hash);
    store.removeListing(hash);
  };
  const of = (agentId: string) => catalogues.get(agentId) ?? [];
  const set = (agentId: string, listings: readonly SharedListing[]) => {
    catalogues.set(agentId, listings);
    store.putCatalogue(
      agentId,
      listings.map(({ hash, digest }) => [hash, digest]),
    );
  };

  const stored = new Map(store.listings().map(({ hash, body }) => [hash, body.listing]));
  for (const { agent_id, listings } of store.catalogues()) {
    const known = listings.flatMap(([hash, digest]) => {
      const listing = stored.get(hash);
      return listing === undefined ? [] : [take(hash, digest, listing)];
    });
    catalogues.set(agent_id, known);
  }
  for (const hash of stored.keys()) if (!usersOfHash.has(hash)) store.removeListing(hash);

  return {
    of,
    put(agentId, id, digest, body) {
      const listing = readListing(body, id);
      if (listing === null) return false;
      const text = JSON.stringify(body);
      const hash = hashOf(text);
      if (!usersOfHash.has(hash)) store.putListing(hash, text);
      const others = of(agentId).filter((one) => one.listing.id !== id);
      const before = of(agentId).find((one) => one.listing.id === id);
      set(agentId, [...others, take(hash, digest, listing)]);
      if (before !== undefined) release(before);
      return true;
    },
    remove(agentId, id) {
      const before = of(agentId).find((one) => one.listing.id === id);
      if (before === undefined) return;
      set(
        agentId,
        of(agentId).filter((one) => one !== before),
      );
      release(before);
    },
    forget(agentId) {
      const before = catalogues.get(agentId);
      if (before === undefined) return;
      catalogues.delete(agentId);
      store.removeCatalogue(agentId);
      for (const one of before) release(one);
    },
  };
}

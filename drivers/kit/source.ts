import type { z } from 'zod';
import type { Tool } from './driver.ts';
import type { JsonObject } from './json.ts';
import type { Link } from './link.ts';

/** Which credential a listing needs, and how it is shown to the source. The transport does it; drivers never see it. */
export type SourceAuth =
  /** `Authorization: Bearer KEY` (RFC 6750). */
  | { readonly type: 'api_key'; readonly scheme: 'bearer' }
  /** `Authorization: Basic` (RFC 7617). */
  | { readonly type: 'basic' };

/** What a listing costs; exact decimal text, ISO 4217 code. */
export interface ListingPrice {
  readonly amount: string;
  readonly currency: string;
  readonly per: 'source';
  readonly interval: 'month';
}

/** What the configuration settled for one connector. */
export interface SourceContext {
  /** Parsed by the source's own `options` schema. */
  readonly options: JsonObject;
}

/**
 * What a software source is: a driver whose wire is HTTP. Its frames are requests (`encodeHttpRequest`), its tools are the
 * same four functions as a device's. Data first; `defineSource` checks it.
 */
export interface Source {
  /** The listing id, `cn-...`; the folder is `saas-...`. */
  readonly id: `cn-${string}`;
  /** Semantic version of the driver. */
  readonly version: string;
  readonly title: string;
  /** One or two sentences for the catalogue. */
  readonly summary: string;
  readonly category: string;
  /** Products and versions known to speak it. */
  readonly models: readonly string[];
  /** The published contract, by title and address. */
  readonly manuals: readonly string[];
  readonly auth: SourceAuth;
  /** Null: no price is stated for it. */
  readonly price: ListingPrice | null;
  /** Configuration keys of this listing; strict. `base_url` among them says where the source is. */
  readonly options: z.ZodObject<{ base_url: z.ZodType<string> } & z.ZodRawShape>;
  /** Sorted. */
  readonly capabilities: readonly string[];
  /** Whether this request changes nothing, whatever the source's state: an allow-list, the gate for all that has no permit. */
  readonly isHarmless: (bytes: Uint8Array) => boolean;
  readonly tools: (context: SourceContext) => readonly Tool[];
  /** One cheap harmless request that only a valid credential is answered. Throws `auth_failed` when it is rejected. */
  readonly healthCheck: (link: Link, context: SourceContext) => Promise<void>;
}

/** A listing that is known but not self-served: it can be shown, and installing it says so. */
export interface EarlyAccessListing {
  readonly id: `cn-${string}`;
  readonly title: string;
  readonly summary: string;
  readonly category: string;
  readonly auth: { readonly type: 'api_key' | 'basic' | 'oauth2' };
}

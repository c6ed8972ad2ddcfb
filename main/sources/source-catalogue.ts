import { z } from 'zod';
import { AgentError, type EarlyAccessListing, type JsonObject, type Source } from '../../drivers/kit/index.ts';
import { type ListingDescription, toJsonSchema } from '../hardware/index.ts';
import { readTarget } from './target.ts';

/** The software sources by listing, and what their data means for a configuration. */
export interface SourceCatalogue {
  listings(): readonly ListingDescription[];
  has(listing: string): boolean;
  /** Throws `not_found`, and `listing_early_access` for one that is not self-served. */
  get(listing: string): Source;
  /** Complete options, the address judged. Throws `invalid_parameter` naming the first wrong key. */
  parseConfig(listing: string, config: JsonObject): JsonObject;
}

const jsonObject = z.record(z.string(), z.json());

/** Over the drivers, the listings that are only shown, and the hosts that a person's configuration names. */
export function createSourceCatalogue(
  sources: readonly Source[],
  earlyAccess: readonly EarlyAccessListing[],
  allowedTargets: readonly string[],
): SourceCatalogue {
  const byId = new Map<string, Source>(sources.map((source) => [source.id, source]));
  const get = (listing: string): Source => {
    const source = byId.get(listing);
    if (source !== undefined) return source;
    if (earlyAccess.some(({ id }) => id === listing)) {
      throw new AgentError('listing_early_access', `${listing} is in early access and not installed by yourself.`, {
        hint: 'Request access; it is provisioned with your team during onboarding.',
        details: { listing },
      });
    }
    throw new AgentError('not_found', `There is no listing ${listing}.`, {
      hint: `There are ${[...byId.keys()].join(', ')}.`,
    });
  };
  return {
    listings: () => [...sources.map(describeSource), ...earlyAccess.map(describeEarlyAccess)],
    has: (listing) => byId.has(listing) || earlyAccess.some(({ id }) => id === listing),
    get,
    parseConfig(listing, config) {
      const source = get(listing);
      const parsed = source.options.strict().safeParse(config);
      if (!parsed.success) throw configError(source, parsed.error, config);
      const options = jsonObject.parse(JSON.parse(JSON.stringify(parsed.data)));
      readTarget(String(options['base_url']), allowedTargets);
      return options;
    },
  };
}

function configError(source: Source, error: z.ZodError, config: JsonObject): AgentError {
  const [issue] = error.issues;
  const unknown = issue?.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  const key = unknown ?? (issue?.path.join('.') || 'config');
  const absent = unknown === undefined && config[key] === undefined;
  const problem = unknown !== undefined ? 'there is no such key' : absent ? 'missing' : issue?.message;
  return new AgentError('invalid_parameter', `config.${key}: ${problem}.`, {
    hint: `${source.id} has ${Object.keys(source.options.shape).join(', ')}.`,
    details: { parameter: `config.${key}` },
  });
}

function describeSource(source: Source): ListingDescription {
  const { id, title, summary, category, version, models, manuals, capabilities, auth, price, options } = source;
  return {
    id,
    title,
    summary,
    category,
    version,
    models,
    manuals,
    capabilities,
    config_schema: toJsonSchema(options.strict(), 'input'),
    bus: false,
    links: [],
    kind: 'saas',
    status: 'live',
    auth: { type: auth.type },
    price,
  };
}

function describeEarlyAccess({ id, title, summary, category, auth }: EarlyAccessListing): ListingDescription {
  return {
    id,
    title,
    summary,
    category,
    version: '0.0.0',
    models: [],
    manuals: [],
    capabilities: [],
    config_schema: { type: 'object', properties: {}, additionalProperties: false },
    bus: false,
    links: [],
    kind: 'saas',
    status: 'early_access',
    auth,
    price: null,
  };
}

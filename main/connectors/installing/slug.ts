/** Leaves room for two underscores and a tool name within the 48 characters of an aggregated MCP tool name. */
const MAX_SLUG = 24;

/** A name for aggregated MCP tools, made from the connector's: lower case, single underscores, not `taken`. */
export function makeSlug(name: string, taken: (slug: string) => boolean): string {
  const plain = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '');
  const base = plain.slice(0, MAX_SLUG).replace(/_+$/, '') || 'connector';
  if (!taken(base)) return base;
  for (let number = 2; ; number += 1) {
    const suffix = `_${number}`;
    const slug = `${base.slice(0, MAX_SLUG - suffix.length).replace(/_+$/, '')}${suffix}`;
    if (!taken(slug)) return slug;
  }
}

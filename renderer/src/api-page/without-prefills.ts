/**
 * The document without the examples of what may be left out: Swagger UI would fill them in, and a list would be asked for
 * with a cursor of another query, a second try be answered from the key of the first.
 */
export function withoutPrefills(document: object): object {
  return JSON.parse(JSON.stringify(document), (_key, value: unknown) => {
    if (typeof value !== 'object' || value === null || !('in' in value) || !('name' in value)) return value;
    if ('required' in value && value.required === true) return value;
    const { examples: _, ...rest } = value as { readonly examples?: unknown };
    return rest;
  });
}

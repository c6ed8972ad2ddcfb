/** A field filter, as a tree: `entity_id,items[sku,name]`. */
export type Fields = ReadonlyMap<string, Fields>;

/** Reads a `fields` parameter; null for one that the store would not understand. */
export function parseFields(text: string): Fields | null {
  let at = 0;
  const list = (): Map<string, Fields> | null => {
    const found = new Map<string, Fields>();
    for (;;) {
      const name = /^[a-z_]+/.exec(text.slice(at))?.[0];
      if (name === undefined) return null;
      at += name.length;
      let inner: Fields | null = new Map();
      if (text[at] === '[') {
        at += 1;
        inner = list();
        if (inner === null || text[at] !== ']') return null;
        at += 1;
      }
      found.set(name, inner);
      if (text[at] !== ',') return found;
      at += 1;
    }
  };
  const fields = list();
  return at === text.length ? fields : null;
}

/** What is left of an answer. An empty tree keeps all. */
export function filterFields(value: unknown, fields: Fields): unknown {
  if (fields.size === 0) return value;
  if (Array.isArray(value)) return value.map((item) => filterFields(item, fields));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, inner]) => {
      const wanted = fields.get(name);
      return wanted === undefined ? [] : [[name, filterFields(inner, wanted)]];
    }),
  );
}

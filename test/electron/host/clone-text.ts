/**
 * The structured clone algorithm (HTML, section 2.7) as text: what `structuredClone` would copy is written as JSON and read
 * back on the other side; what it would refuse is refused with its error. Both functions stand alone, since their text is
 * also run in pages.
 */

/** Replaces what can't be cloned, where the caller knows better; undefined refuses it. */
export type Replace = (value: unknown) => { readonly ref: unknown } | undefined;

/** Writes a value. Throws `DataCloneError`. */
export function encodeClone(root: unknown, replace?: Replace): string {
  const nodes: unknown[] = [];
  const seen = new Map<unknown, number>();
  const refuse = (value: unknown): never => {
    throw new DOMException(
      `${String(typeof value === 'symbol' ? 'A symbol' : value).slice(0, 60)} could not be cloned.`,
      'DataCloneError',
    );
  };
  const bytes = (buffer: ArrayBuffer) =>
    btoa([...new Uint8Array(buffer)].map((byte) => String.fromCharCode(byte)).join(''));
  const visit = (value: unknown): number => {
    const known = seen.get(value);
    if (known !== undefined && (typeof value === 'object' || typeof value === 'function') && value !== null)
      return known;
    const at = nodes.push(null) - 1;
    const put = (...node: unknown[]): number => {
      nodes[at] = node;
      return at;
    };
    if (value === undefined) return put('undefined');
    if (value === null || typeof value === 'boolean' || typeof value === 'string') return put('plain', value);
    if (typeof value === 'number') return put('number', Object.is(value, -0) ? '-0' : String(value));
    if (typeof value === 'bigint') return put('bigint', String(value));
    const replaced = replace?.(value);
    if (replaced !== undefined) return put('ref', replaced.ref);
    if (typeof value === 'function' || typeof value === 'symbol') return refuse(value);
    seen.set(value, at);
    if (Array.isArray(value))
      return put(
        'array',
        value.length,
        Object.keys(value).map((key) => [key, visit(Reflect.get(value, key))]),
      );
    if (value instanceof Date) return put('date', value.getTime());
    if (value instanceof RegExp) return put('regexp', value.source, value.flags);
    if (value instanceof Map)
      return put(
        'map',
        [...value].map(([key, item]) => [visit(key), visit(item)]),
      );
    if (value instanceof Set) return put('set', [...value].map(visit));
    if (value instanceof ArrayBuffer) return put('buffer', bytes(value));
    if (ArrayBuffer.isView(value)) {
      const size = 'length' in value ? value.length : value.byteLength;
      return put(
        'view',
        Object.prototype.toString.call(value).slice(8, -1),
        visit(value.buffer),
        value.byteOffset,
        size,
      );
    }
    if (value instanceof Error) return put('error', value.name, value.message, value.stack ?? '');
    if (value instanceof Number || value instanceof String || value instanceof Boolean)
      return put('box', visit(value.valueOf()));
    for (const kind of [Promise, WeakMap, WeakSet, WeakRef]) if (value instanceof kind) return refuse(value);
    if (typeof Node === 'function' && value instanceof Node) return refuse(value);
    return put(
      'object',
      Object.keys(value as object).map((key) => [key, visit(Reflect.get(value as object, key))]),
    );
  };
  visit(root);
  return JSON.stringify(nodes);
}

/** Reads what {@link encodeClone} wrote; `revive` makes what was replaced. */
export function decodeClone(text: string, revive?: (ref: unknown) => unknown): unknown {
  const nodes: unknown[][] = JSON.parse(text);
  const made = new Map<number, unknown>();
  const errors: Record<string, ErrorConstructor> = {
    EvalError,
    RangeError,
    ReferenceError,
    SyntaxError,
    TypeError,
    URIError,
  } as never;
  const views: Record<string, new (buffer: ArrayBuffer, offset: number, size: number) => unknown> = {
    DataView,
    Int8Array,
    Uint8Array,
    Uint8ClampedArray,
    Int16Array,
    Uint16Array,
    Int32Array,
    Uint32Array,
    Float32Array,
    Float64Array,
    BigInt64Array,
    BigUint64Array,
  } as never;
  const read = (at: number): unknown => {
    if (made.has(at)) return made.get(at);
    const [kind, first, second, third, fourth] = nodes[at] as [string, never, never, never, never];
    const keep = <T>(value: T, fill?: (value: T) => void): T => {
      made.set(at, value);
      fill?.(value);
      return value;
    };
    const define = (target: object, entries: [string, number][]) => {
      for (const [key, item] of entries)
        Object.defineProperty(target, key, { value: read(item), writable: true, enumerable: true, configurable: true });
    };
    switch (kind) {
      case 'undefined':
        return undefined;
      case 'plain':
        return first;
      case 'number':
        return Number(first);
      case 'bigint':
        return BigInt(first);
      case 'ref':
        return keep(revive?.(first));
      case 'array':
        return keep(new Array<unknown>(first), (array) => define(array, second));
      case 'date':
        return keep(new Date(first ?? Number.NaN));
      case 'regexp':
        return keep(new RegExp(first, second));
      case 'map':
        return keep(new Map(), (map) => {
          for (const [key, item] of first as [number, number][]) map.set(read(key), read(item));
        });
      case 'set':
        return keep(new Set(), (set) => {
          for (const item of first as number[]) set.add(read(item));
        });
      case 'buffer':
        return keep(Uint8Array.from(atob(first), (character) => character.charCodeAt(0)).buffer);
      case 'view': {
        const View = views[first] ?? Uint8Array;
        return keep(new View(read(second) as ArrayBuffer, third, fourth));
      }
      case 'error': {
        const Kind = errors[first] ?? Error;
        return keep(new Kind(second), (error) => {
          if (error.name !== first && first !== '') error.name = 'Error';
          error.stack = third;
        });
      }
      case 'box':
        return keep(Object(read(first)));
      default:
        return keep({}, (object) => define(object, first));
    }
  };
  return read(0);
}

/** The values used last, so many of them. */
export interface Recent<Value> {
  get(key: string): Value | undefined;
  set(key: string, value: Value): void;
  delete(key: string): void;
}

/** Keeps `most` values; of more, the one goes that was not used for the longest time. */
export function createRecent<Value>(most: number): Recent<Value> {
  const values = new Map<string, Value>();
  return {
    get(key) {
      const value = values.get(key);
      if (value === undefined) return undefined;
      values.delete(key);
      values.set(key, value);
      return value;
    },
    set(key, value) {
      values.delete(key);
      values.set(key, value);
      if (values.size <= most) return;
      const oldest = values.keys().next();
      if (oldest.done !== true) values.delete(oldest.value);
    },
    delete: (key) => void values.delete(key),
  };
}

/** A value that survives JSON and structured clone unchanged. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;

/** A JSON object; keys may be absent. */
export interface JsonObject {
  readonly [key: string]: JsonValue | undefined;
}

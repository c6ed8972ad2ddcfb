import { z } from 'zod';
import type { JsonObject, JsonValue } from '../../../drivers/kit/index.ts';

/** A wire object as its holders see it: nothing in it may be changed. */
export type DeepReadonly<T> = T extends readonly (infer Item)[]
  ? readonly DeepReadonly<Item>[]
  : JsonObject extends T
    ? T
    : T extends object
      ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> }
      : T;

/** Any JSON value. */
export const jsonValueSchema: z.ZodType<JsonValue> = z
  .lazy(() =>
    z.union([
      z.string(),
      z.number(),
      z.boolean(),
      z.null(),
      z.array(jsonValueSchema),
      z.record(z.string(), jsonValueSchema),
    ]),
  )
  .meta({ id: 'JsonValue' });

/** A JSON object with any content. */
export const jsonObjectSchema: z.ZodType<JsonObject> = z.record(z.string(), jsonValueSchema).meta({ id: 'JsonObject' });

/** RFC 3339, UTC. */
export const timestampSchema = z.iso.datetime().describe('RFC 3339, UTC');

/** A number of items in a query, 1 to `most`; never clamped. */
export function limitUpTo(most: number) {
  return z.preprocess(
    (value) => (typeof value === 'string' && /^(0|[1-9]\d{0,8})$/.test(value) ? Number(value) : value),
    z.int().min(1).max(most),
  );
}

/** The page size of a list: 1 to 100, 20 when absent. */
export const limitSchema = limitUpTo(100).default(20).describe('Page size, 1 to 100');

/** A cursor as a former page gave it, bound to that page's query. */
export const cursorSchema = z.string().min(1).describe("A former response's next_cursor");

/** The list envelope, exactly four fields. */
export function listOf<Item extends z.ZodType>(item: Item) {
  return z.object({
    object: z.literal('list'),
    data: z.array(item),
    has_more: z.boolean(),
    next_cursor: z.string().nullable().describe('Null exactly when has_more is false'),
  });
}

/** The list envelope around `Item`. */
export interface ListOf<Item> {
  readonly object: 'list';
  readonly data: readonly Item[];
  readonly has_more: boolean;
  readonly next_cursor: string | null;
}

/** An error inside another object: a failed result, a journal row. */
export const innerErrorSchema = z.object({
  code: z.string(),
  message: z.string(),
  hint: z.string().nullish(),
  details: jsonObjectSchema.optional(),
});

/** The only shape of an error under `/v1`. */
export const errorEnvelopeSchema = z
  .object({
    error: z.object({
      type: z.string(),
      code: z.string(),
      message: z.string(),
      doc_url: z.string(),
      request_id: z.string(),
      details: jsonObjectSchema.optional(),
    }),
  })
  .meta({ id: 'ErrorEnvelope' });
/** The only shape of an error under `/v1`. */
export type ErrorEnvelope = DeepReadonly<z.output<typeof errorEnvelopeSchema>>;

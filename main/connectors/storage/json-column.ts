import { z } from 'zod';
import type { JsonObject } from '../../../drivers/kit/index.ts';

/** Reads a TEXT column that holds JSON, by `schema`. */
export function jsonColumn<Schema extends z.ZodType>(schema: Schema) {
  return z
    .string()
    .transform((text, context): unknown => {
      try {
        return JSON.parse(text);
      } catch {
        context.addIssue({ code: 'custom', message: 'not JSON' });
        return z.NEVER;
      }
    })
    .pipe(schema);
}

/** A JSON object of any shape. */
export const jsonObject: z.ZodType<JsonObject> = z.record(z.string(), z.json());

/** SQLite has no booleans: 0 and 1. */
export const flagColumn = z
  .union([z.literal(0), z.literal(1), z.literal(0n), z.literal(1n)])
  .transform((flag) => Number(flag) === 1);

import { z } from 'zod';
import type { JsonObject } from '../../../drivers/kit/index.ts';

/** A JSON object of any shape. */
export const jsonObject: z.ZodType<JsonObject> = z.record(z.string(), z.json());

/** SQLite has no booleans: 0 and 1. */
export const flagColumn = z
  .union([z.literal(0), z.literal(1), z.literal(0n), z.literal(1n)])
  .transform((flag) => Number(flag) === 1);

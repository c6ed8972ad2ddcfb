import { z } from 'zod';
import { type DeepReadonly, jsonObjectSchema, timestampSchema } from './common.ts';

/** Which tools to test; all of them when absent. */
export const testBodySchema = z
  .strictObject({ tools: z.array(z.string().min(1).max(100)).min(1).max(100).optional() })
  .meta({ id: 'TestRequest' });

/** How one tool did. `note`, `evidence` and `error` are ours. */
export const toolTestResultSchema = z
  .object({
    tool: z.string(),
    mode: z.enum(['live', 'dry_run']),
    ok: z.boolean(),
    latency_ms: z.number(),
    note: z.string().optional(),
    evidence: z.string().optional(),
    error: z.object({ code: z.string(), message: z.string(), hint: z.string().nullable() }).optional(),
  })
  .meta({ id: 'ToolTestResult' });
/** How one tool did. */
export type ToolTestResultObject = DeepReadonly<z.output<typeof toolTestResultSchema>>;

const answerShape = {
  object: z.literal('connector_test'),
  connector_id: z.string(),
  status: z.enum(['passed', 'failed']),
  results: z.array(toolTestResultSchema),
  tested_at: timestampSchema,
};
/** The answer to a test. */
export const testAnswerSchema = z.object(answerShape).meta({ id: 'ConnectorTest' });
/** The answer to a test. */
export type TestAnswer = DeepReadonly<z.output<typeof testAnswerSchema>>;

/** A test as it is kept: a commissioning record. */
export const testRecordSchema = z
  .object({ ...answerShape, id: z.string(), tested_by: z.string(), circumstances: jsonObjectSchema })
  .meta({ id: 'TestRecord' });
/** A test as it is kept. */
export type TestRecordObject = DeepReadonly<z.output<typeof testRecordSchema>>;

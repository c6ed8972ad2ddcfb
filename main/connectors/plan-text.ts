import { z } from 'zod';
import type { Plan } from '../../drivers/kit/index.ts';
import { jsonColumn, jsonObject } from './json-column.ts';

/** A plan as it rests in the journal: its frames in Base64. */
export const planColumn = jsonColumn(
  z
    .object({
      summary: z.string(),
      frames: z.array(z.object({ label: z.string(), bytes: z.base64() })),
      data: jsonObject,
    })
    .transform(
      (stored): Plan => ({
        summary: stored.summary,
        frames: stored.frames.map((frame) => ({
          label: frame.label,
          bytes: new Uint8Array(Buffer.from(frame.bytes, 'base64')),
        })),
        data: stored.data,
      }),
    ),
);

/** The text that {@link planColumn} reads back. */
export function planToText(plan: Plan): string {
  return JSON.stringify({
    summary: plan.summary,
    frames: plan.frames.map((frame) => ({
      label: frame.label,
      bytes: Buffer.from(frame.bytes.buffer, frame.bytes.byteOffset, frame.bytes.length).toString('base64'),
    })),
    data: plan.data,
  });
}

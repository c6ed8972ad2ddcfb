import { z } from 'zod';
import type { Plan, PlannedFrame } from '../../../drivers/kit/index.ts';
import { jsonColumn } from '../../store/index.ts';
import { jsonObject } from '../storage/column-shapes.ts';

const frameList = z
  .array(z.object({ label: z.string(), bytes: z.base64() }))
  .transform((stored): readonly PlannedFrame[] =>
    stored.map((frame) => ({ label: frame.label, bytes: new Uint8Array(Buffer.from(frame.bytes, 'base64')) })),
  );

/** A plan as it rests in the journal: its frames in Base64. */
export const planColumn = jsonColumn(
  z
    .object({
      summary: z.string(),
      question: z.string().optional(),
      frames: frameList,
      notes: z.array(z.string()).optional(),
      data: jsonObject,
      output: z.string().optional(),
      timed: z.object({ holdMs: z.number(), release: frameList }).optional(),
      minIntervalMs: z.number().optional(),
    })
    .transform(
      ({ summary, question, frames, notes, data, output, timed, minIntervalMs }): Plan => ({
        summary,
        ...(question === undefined ? {} : { question }),
        frames,
        ...(notes === undefined ? {} : { notes }),
        data,
        ...(output === undefined ? {} : { output }),
        ...(timed === undefined ? {} : { timed }),
        ...(minIntervalMs === undefined ? {} : { minIntervalMs }),
      }),
    ),
);

/** The text that {@link planColumn} reads back. */
export function planToText(plan: Plan): string {
  return JSON.stringify({
    ...plan,
    frames: framesToText(plan.frames),
    ...(plan.timed === undefined ? {} : { timed: { ...plan.timed, release: framesToText(plan.timed.release) } }),
  });
}

function framesToText(frames: readonly PlannedFrame[]) {
  return frames.map(({ label, bytes }) => ({
    label,
    bytes: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64'),
  }));
}

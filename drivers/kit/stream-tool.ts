import { z } from 'zod';
import type { Stream } from './stream.ts';
import type { StreamTool } from './tools.ts';

/** The longest a call may wait for something to come (contract section 2). */
export const LONGEST_STREAM_WAIT_MS = 25_000;
/** Items that one call gives at most. */
const MOST_ITEMS = 500;
/** A `latest` stream that was not heard for this many intervals says nothing about now. */
const STALE_AFTER_INTERVALS = 3;

/** Why items may be missing at one place of a stream. */
export const gapReasons = {
  not_listening: 'nothing was heard for a while: unplugged, in use by another program, or the agent was not running',
  unreadable: 'bytes came that are no item: noise, another speed or format, or half of one',
  cut_off: 'the connection ended in the middle of an item',
  overflow: 'more came than could be kept',
  expired: 'older ones were deleted, by age or number, as the settings say',
} as const;

/** One of {@link gapReasons}. */
export type GapReason = keyof typeof gapReasons;

const cursor = z.string().min(1).max(200);
/** Connectors may get another device, and what the earlier one sent stays in their stream. */
const deviceId = z
  .string()
  .nullable()
  .describe('The device that it came from: a connector may have had another one before; null when unknown');
const waitMs = z.int().min(0).max(LONGEST_STREAM_WAIT_MS);

/** Arguments of the tool of an `each` stream. */
export const eachStreamInput = z.strictObject({
  after: cursor.optional().describe('The cursor of an earlier answer or item: gives what came after it'),
  wait_ms: waitMs
    .default(0)
    .describe('How long to wait when there is nothing yet, in milliseconds; typically 20000. 0: answer at once'),
  limit: z.int().min(1).max(MOST_ITEMS).default(50).describe('Most items to give; the rest is had with the new cursor'),
});

/** Arguments of the tool of a `latest` stream. */
export const latestStreamInput = z.strictObject({
  wait_ms: waitMs
    .default(3_000)
    .describe('How long to wait for the next one when there is none that is fresh, in milliseconds'),
});

/** A place of a stream where something may be missing. */
export const streamGapShape = z.strictObject({
  before: z
    .int()
    .min(0)
    .describe('Index in items before which something may be missing; their number: after all of them'),
  reason: z.enum(Object.keys(gapReasons) as [GapReason, ...GapReason[]]).describe(
    Object.entries(gapReasons)
      .map(([reason, meaning]) => `${reason}: ${meaning}`)
      .join('. '),
  ),
  since: z.iso.datetime().nullable().describe('Since when; null when unknown'),
  at: z.iso.datetime().describe('Until when'),
  device_id: deviceId.describe('The device that was listened to; null when unknown'),
  lost: z.int().min(0).nullable().describe('Items that are missing; null when unknown, and it may be none'),
  bytes: z.int().min(0).nullable().describe('Bytes that could not be used; null when unknown'),
});

/** The tool that reads a stream. It asks the device nothing: the host answers from what it has heard. */
export function streamTool(stream: Stream): StreamTool {
  const { capability, title, description, item, delivery, personal, expectedIntervalMs } = stream;
  const at = z.iso.datetime().describe('When it came, by the clock of this machine, RFC 3339 UTC');
  const shared = {
    capability,
    title,
    sideEffect: false,
    testArguments: {},
    expectedIntervalMs,
    stream: { delivery, personal, staleAfterMs: staleAfterMs(expectedIntervalMs) },
  } as const;
  if (delivery === 'latest') {
    return {
      ...shared,
      description: `${description} Gives the last one if it is fresh, else waits for the next. Changes nothing.`,
      input: latestStreamInput,
      output: item.extend({ at, device_id: deviceId }),
    };
  }
  return {
    ...shared,
    description:
      `${description} Without "after": the newest ones, or with wait_ms the next one that comes. With "after": what came ` +
      'since that cursor, waiting for wait_ms if there is nothing yet. Reading takes nothing away from other readers. ' +
      'Where something may have been missed, gaps says so. Changes nothing.',
    input: eachStreamInput,
    output: z.strictObject({
      items: z.array(
        item.extend({
          at,
          device_id: deviceId,
          cursor: cursor.describe('Give it as "after" to go on behind this item'),
        }),
      ),
      gaps: z.array(streamGapShape),
      cursor: cursor.describe('Give it as "after" to go on'),
      more: z.boolean().describe('There is more already: call again with cursor'),
    }),
  };
}

function staleAfterMs(expectedIntervalMs: number | null): number | null {
  return expectedIntervalMs === null ? null : STALE_AFTER_INTERVALS * expectedIntervalMs;
}

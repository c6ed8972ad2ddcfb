import { z } from 'zod';

const markSchema = z.object({ name: z.string(), simulated: z.boolean(), there: z.boolean() });

/** What was last told of a connector's coming and going, as kept beside the events. */
export type ConnectorMark = z.output<typeof markSchema>;

/** Null where nothing was told, or what is kept can't be read. */
export function readMark(text: string | null): ConnectorMark | null {
  if (text === null) return null;
  try {
    return markSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

export function markText(mark: ConnectorMark): string {
  return JSON.stringify(mark);
}

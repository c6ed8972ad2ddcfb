import { z } from 'zod';
import type { JsonObject } from '../../drivers/kit/index.ts';
import type { ProjectionKind } from '../../main/api/link/index.ts';

/** Connectors, devices and listings that one agent may have shown here, all together. */
export const mostTold = 10_000;
/** The largest body of one of them, in characters of JSON. */
const MOST_BODY = 256 * 1024;

const shownSchema = z.object({
  simulated: z.boolean(),
  device: z.object({ simulated: z.boolean() }).nullish(),
});

/** Whether a hub keeps what an agent tells: no more than it has room for, and of a live tenant nothing that is simulated. */
export function isWelcome(
  { kind, body }: { readonly kind: ProjectionKind; readonly body: JsonObject },
  takesSimulated: boolean,
): boolean {
  if (JSON.stringify(body).length > MOST_BODY) return false;
  const shown = shownSchema.safeParse(body[kind]);
  return takesSimulated || !shown.success || !(shown.data.simulated || shown.data.device?.simulated === true);
}

import { z } from 'zod';
import type { EventObject } from '../../main/api/schemas/index.ts';

const payload = z.string().transform((text): EventObject['payload'] => JSON.parse(text));

/** An event as it is stored. */
export const eventRow = z.object({
  position: z.int(),
  id: z.string(),
  reseller_id: z.string().nullable(),
  tenant_id: z.string(),
  workspace_id: z.string().nullable(),
  source: z.string(),
  event_type: z.string(),
  correlation_id: z.string(),
  payload,
  received_at: z.string(),
});

/** The columns of {@link eventRow}. */
export const eventColumns =
  'position, id, reseller_id, tenant_id, workspace_id, source, event_type, correlation_id, payload, received_at';

/** The envelope around a row. */
export function eventObject({ position: _, ...row }: z.output<typeof eventRow>): EventObject {
  return { ...row, object: 'event', event_id: row.id, agent_id: null, session_id: null };
}

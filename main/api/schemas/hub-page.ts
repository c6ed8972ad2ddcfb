import { z } from 'zod';
import { scopes } from '../principal.ts';
import { modeSchema } from './agent.ts';
import { type DeepReadonly, timestampSchema } from './common.ts';

/** The one-time address at which the hub's page opens signed in. */
export const pageTicketSchema = z
  .object({
    object: z.literal('page_ticket'),
    address: z.string().describe('Good once; the secret in it stands behind #, which no browser sends'),
    expires_at: timestampSchema,
    tenant: z.object({ id: z.string(), name: z.string(), mode: modeSchema }),
  })
  .meta({ id: 'PageTicket' });
export type PageTicketObject = DeepReadonly<z.output<typeof pageTicketSchema>>;

/** Who a hub's page is signed in as. No part of the API under /v1. */
export const pageSessionSchema = z.object({
  object: z.literal('page_session'),
  id: z.string().describe('Of the key'),
  name: z.string().describe('Of the key'),
  scopes: z.array(z.enum(scopes)),
  tenant: z.object({ id: z.string(), name: z.string(), mode: modeSchema }),
  hub: z.object({ id: z.string(), name: z.string(), origin: z.string() }),
});
export type PageSessionObject = DeepReadonly<z.output<typeof pageSessionSchema>>;
/** The answer to a sign-in: also the half of the session that the page sends as a header. */
export const openedPageSessionSchema = pageSessionSchema.extend({ half: z.string() });

import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { JsonObject } from '../../drivers/kit/index.ts';
import {
  type ConnectorObject,
  connectorSchema,
  type DeviceObject,
  deviceSchema,
  type ListingObject,
  listingSchema,
  type ToolObject,
  toolSchema,
} from '../../main/api/schemas/index.ts';

/** A connector as its agent shows it. */
export interface ConnectorBody {
  readonly connector: ConnectorObject;
  readonly tools: readonly ToolObject[];
}

/** What agents tell, a form for each kind. */
export const bodySchemas = {
  connector: z.object({ connector: connectorSchema, tools: z.array(toolSchema) }),
  device: z.object({ device: deviceSchema }),
  listing: z.object({ listing: listingSchema }),
} as const;

/** A body of this kind and id; null when this hub does not understand it. */
export function readConnector(body: JsonObject, id: string): ConnectorBody | null {
  const parsed = bodySchemas.connector.safeParse(body);
  return parsed.success && parsed.data.connector.id === id ? parsed.data : null;
}

/** As {@link readConnector}. */
export function readDevice(body: JsonObject, id: string): DeviceObject | null {
  const parsed = bodySchemas.device.safeParse(body);
  return parsed.success && parsed.data.device.id === id ? parsed.data.device : null;
}

/** As {@link readConnector}. */
export function readListing(body: JsonObject, id: string): ListingObject | null {
  const parsed = bodySchemas.listing.safeParse(body);
  return parsed.success && parsed.data.listing.id === id ? parsed.data.listing : null;
}

/** Changes with every form: what an older hub stored is looked through once then. */
export function fingerprintOfForms(): string {
  const forms = Object.values(bodySchemas).map((schema) => z.toJSONSchema(schema, { io: 'input' }));
  return hashOf(JSON.stringify(forms));
}

/** Names a text by its content. */
export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 22);
}

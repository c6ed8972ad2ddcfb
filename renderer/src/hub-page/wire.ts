/** What the page takes from the hub: its schemas parse every answer, its types are what the page works with. */
export {
  type AgentObject as Machine,
  agentSchema,
  type ConnectorObject as Connector,
  type CreatedEnrolment,
  type CreatedKey,
  createdEnrolmentSchema,
  createdKeySchema,
  type DeviceObject as Device,
  type EnrolmentObject as Enrolment,
  enrolmentSchema,
  type Grants,
  type KeyObject as Key,
  keyRoles,
  keySchema,
  openedPageSessionSchema,
  type PageSessionObject as PageSession,
  type PairingObject as Pairing,
  pageSessionSchema,
  pairingSchema,
  type Scope,
  usualGrants,
} from '../../../main/api/schemas/index.ts';

import { z } from 'zod';
import {
  agentSchema,
  connectorSchema,
  deviceSchema,
  enrolmentSchema,
  keySchema,
  listOf,
} from '../../../main/api/schemas/index.ts';

export const machineListSchema = listOf(agentSchema);
export const connectorListSchema = listOf(connectorSchema);
export const deviceListSchema = listOf(deviceSchema);
export const enrolmentListSchema = listOf(enrolmentSchema);
export const keyListSchema = listOf(keySchema);

/** The answer to a sign-out. */
export const endedSessionSchema = z.object({ object: z.literal('page_session'), ended: z.literal(true) });

/** Of what the hub's stream tells, what this page looks at. */
export const hubEventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('agent'), agent: agentSchema }),
  z.object({ type: z.enum(['connector', 'connector_removed', 'device', 'device_removed', 'gap']) }),
]);

/** The four things a hub may be let do at a machine. */
export const grantNames = ['read', 'act', 'install', 'care'] as const;

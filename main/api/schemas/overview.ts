import { z } from 'zod';
import type { DeepReadonly } from './common.ts';
import { connectorSchema } from './connector.ts';
import { deviceSchema } from './device.ts';
import { readingSchema } from './tool.ts';

/** Everything that can be seen at a glance, in one answer. */
export const overviewSchema = z
  .object({
    object: z.literal('overview'),
    connectors: z.array(connectorSchema).describe('All of them, newest first'),
    devices: z.array(deviceSchema),
    readings: z.array(readingSchema).describe('The last of each connector and tool'),
  })
  .meta({ id: 'Overview' });
/** Everything that can be seen at a glance. */
export type Overview = DeepReadonly<z.output<typeof overviewSchema>>;

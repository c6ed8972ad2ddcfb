import { z } from 'zod';
import type { DeepReadonly } from './common.ts';

/** Whether kiosk mode has a PIN to be left with. */
export const kioskPinSchema = z.object({ object: z.literal('kiosk_pin'), set: z.boolean() }).meta({ id: 'KioskPin' });
/** Whether kiosk mode has a PIN to be left with. */
export type KioskPin = DeepReadonly<z.output<typeof kioskPinSchema>>;

/** A new PIN, or none, and the one it replaces. */
export const kioskPinBodySchema = z
  .strictObject({
    pin: z
      .string()
      .regex(/^\d{4,12}$/, '4 to 12 digits')
      .optional()
      .describe('4 to 12 digits; absent: none from now on'),
    current: z.string().min(1).max(100).optional().describe('The PIN that is set'),
  })
  .meta({ id: 'KioskPinRequest' });
/** A new PIN, or none, and the one it replaces. */
export type KioskPinBody = DeepReadonly<z.output<typeof kioskPinBodySchema>>;

/** The PIN as it was typed at the screen. */
export const kioskUnlockBodySchema = z
  .strictObject({ pin: z.string().min(1).max(100) })
  .meta({ id: 'KioskUnlockRequest' });
/** The PIN was right. */
export const kioskUnlockSchema = z
  .object({ object: z.literal('kiosk_unlock'), unlocked: z.literal(true) })
  .meta({ id: 'KioskUnlock' });
/** The PIN was right. */
export type KioskUnlock = DeepReadonly<z.output<typeof kioskUnlockSchema>>;

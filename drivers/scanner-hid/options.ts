import { z } from 'zod';

/** Configuration keys of this listing. */
export const optionsSchema = z.strictObject({
  aim: z
    .enum(['auto', 'required'])
    .default('auto')
    .describe(
      'AIM identifiers (]E0 and the like), which HID POS scanners send beside each code. auto: named where there is one; ' +
        'required: a code without one is unreadable',
    ),
  repeat_ms: z
    .int()
    .min(0)
    .max(60_000)
    .default(500)
    .describe('The same code again within this time is marked as a repeat, in milliseconds; 0: never'),
});

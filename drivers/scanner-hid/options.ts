import { z } from 'zod';
import { scannerOptions } from '../kit/index.ts';

/** Configuration keys of this listing. */
export const optionsSchema = z.strictObject({
  aim: z
    .enum(['auto', 'required'])
    .default('auto')
    .describe(
      'AIM identifiers (]E0 and the like), which HID POS scanners send beside each code. auto: named where there is one; ' +
        'required: a code without one is unreadable',
    ),
  ...scannerOptions,
});

import { z } from 'zod';
import { AgentError } from '../agent-error.ts';

/** The configuration keys that every scanner has, whatever it hangs on. Spread them into the listing's own. */
export const scannerOptions = {
  repeat_ms: z
    .int()
    .min(0)
    .max(60_000)
    .default(500)
    .describe('The same code again within this time is marked as a repeat, in milliseconds; 0: never'),
};

/** What `identify` of a scanner rejects with to which nothing is ever sent. `hint`: where else it says what it is. */
export function scannerNotAsked(hint: string): AgentError {
  return new AgentError('not_supported', 'This scanner is not asked what it is, so nothing was sent to it.', { hint });
}

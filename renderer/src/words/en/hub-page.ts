import { parts, times } from './frame.ts';
import { hub, hubErrors, hubFrame } from './hub.ts';
import { reasons, states, steps } from './states.ts';

/** English, as a hub's page speaks it. */
export const hubEn = {
  parts: { ...parts, agentSays: 'The hub says' },
  times,
  states,
  reasons,
  steps,
  frame: hubFrame,
  errors: hubErrors,
  hub,
} as const;

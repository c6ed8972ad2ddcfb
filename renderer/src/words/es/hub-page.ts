import type { HubCatalogue } from '../catalogue.ts';
import { parts, times } from './frame.ts';
import { hub, hubErrors, hubFrame } from './hub.ts';
import { reasons, states, steps } from './states.ts';

/** Spanish, as a hub's page speaks it. */
export const hubEs: HubCatalogue = {
  parts: { ...parts, agentSays: 'El hub dice' },
  times,
  states,
  reasons,
  steps,
  frame: hubFrame,
  errors: hubErrors,
  hub,
};

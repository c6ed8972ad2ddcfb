import type { HubCatalogue } from '../catalogue.ts';
import { parts, times } from './frame.ts';
import { hub, hubErrors, hubFrame } from './hub.ts';
import { reasons, states, steps } from './states.ts';

/** German, as a hub's page speaks it. */
export const hubDe: HubCatalogue = {
  parts: { ...parts, agentSays: 'Der Hub sagt' },
  times,
  states,
  reasons,
  steps,
  frame: hubFrame,
  errors: hubErrors,
  hub,
};

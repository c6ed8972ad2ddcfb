import type { HubCatalogue } from '../catalogue.ts';
import { parts, times } from './frame.ts';
import { hub, hubErrors, hubFrame } from './hub.ts';
import { reasons, states, steps } from './states.ts';

/** Chinese, as a hub's page speaks it. */
export const hubZh: HubCatalogue = {
  parts: { ...parts, agentSays: 'Hub 的说明' },
  times,
  states,
  reasons,
  steps,
  frame: hubFrame,
  errors: hubErrors,
  hub,
};

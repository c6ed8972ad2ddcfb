import type { Catalogue } from '../catalogue.ts';
import { actions, evidence, refusals } from './actions.ts';
import { activity } from './activity.ts';
import { approvals } from './approvals.ts';
import { cloud } from './cloud.ts';
import { connector, connectorSettings, modes } from './connector.ts';
import { frame, keys, parts, times } from './frame.ts';
import { home } from './home.ts';
import { install } from './install.ts';
import { network } from './network.ts';
import { desktop, kiosk, printer, printerSteps } from './panel.ts';
import { scopes, settings, vaults } from './settings.ts';
import { certainty, classes, errors, fields, identity, outcomes, reasons, states, steps, values } from './states.ts';
import { support } from './support.ts';
import { mcp, tests } from './tests.ts';
import { updates } from './updates.ts';
import { healthTimeline, wire, wireNotes, wirePurposes } from './wire.ts';

/** The words in the language of this folder. */
export const de: Catalogue = {
  frame,
  keys,
  parts,
  times,
  home,
  install,
  connector,
  modes,
  connectorSettings,
  actions,
  evidence,
  refusals,
  tests,
  mcp,
  printer,
  printerSteps,
  kiosk,
  desktop,
  approvals,
  activity,
  cloud,
  network,
  settings,
  updates,
  support,
  scopes,
  vaults,
  states,
  reasons,
  steps,
  identity,
  certainty,
  classes,
  fields,
  values,
  outcomes,
  errors,
  wire,
  wireNotes,
  wirePurposes,
  healthTimeline,
};

import type { Catalogue } from '../catalogue.ts';
import { activity } from './activity.ts';
import { approvals } from './approvals.ts';
import { cloud } from './cloud.ts';
import { connector, modes } from './connector.ts';
import { frame, keys, parts, times } from './frame.ts';
import { home } from './home.ts';
import { install } from './install.ts';
import { settings } from './settings.ts';
import { certainty, classes, errors, fields, identity, outcomes, reasons, states, steps, values } from './states.ts';
import { support } from './support.ts';

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
  approvals,
  activity,
  cloud,
  settings,
  support,
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
};

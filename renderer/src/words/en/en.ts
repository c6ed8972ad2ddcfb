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

/** English, the source of every other language. A place adds its words here, and every language gets them. */
export const en = {
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
} as const;

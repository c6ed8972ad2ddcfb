import {
  type Driver,
  type DriverContext,
  defineDriver,
  type Identification,
  type Link,
  scannerNotAsked,
} from '../kit/index.ts';
import { disturbedBy } from './disturbance.ts';
import { fingerprints } from './fingerprints.table.ts';
import { askEnabled, askRevision, isHarmless } from './menu.ts';
import { checkOptions, optionsSchema } from './options.ts';
import { scans } from './stream.ts';

/** Menu answers are over when the line has been silent for this long. */
const QUIET_MS = 100;

/** Bar code scanners with a serial line: RS-232 behind an adapter, or a serial port of their own over USB. */
export const scannerSerial: Driver = defineDriver({
  id: 'cn-scanner-serial',
  version: '1.0.0',
  title: 'Bar code scanner, serial',
  summary: 'Bar code scanners on RS-232 or in USB serial mode (CDC-ACM): each scan as it comes, with its kind of code.',
  category: 'scanner',
  models: [
    'Honeywell and Metrologic: Xenon, Granit, Voyager, Vuquest, Hyperion, MS7120 and others in serial mode',
    'Zebra (Symbol): LS, LI, DS series in CDC or RS-232 mode',
    'Datalogic: Gryphon, QuickScan, Magellan in RS-232 or USB-COM mode',
    'Newland: HR, BS, EM and FM series in serial mode',
    'CipherLab, Opticon, Intermec and others that end a code with CR, LF, ETX or silence',
  ],
  manuals: [
    'Honeywell Xenon 1900 User\'s Guide, "Serial Programming Commands" (menu commands, responses) and "AIM ID"',
    'Honeywell Voyager 1602g: REVINF answer as published by its users',
    'Zebra LS2208 Product Reference Guide, chapter "RS-232 Interface" (defaults) and "Programming Reference" (AIM code identifiers)',
    'Datalogic Gryphon I GD4400 Product Reference Guide, "RS-232 / USB-COM Interface"',
    'ISO/IEC 15424, symbology identifiers',
  ],
  links: {
    serial: { defaults: { baud_rate: 9600, data_bits: 8, parity: 'none', stop_bits: 1, flow_control: 'none' } },
    tcp: {},
  },
  bus: null,
  options: optionsSchema,
  fingerprints,
  capabilities: ['scan.read'],
  isHarmless,
  disturbedBy,
  checkOptions,
  tools: () => [],
  stream: scans,
  resynchronise: () => ({ type: 'quiet', quietMs: QUIET_MS }),
  identify,
  healthCheck,
  isMute: (context) => !canBeAsked(context),
});

function canBeAsked(context: DriverContext): boolean {
  return optionsSchema.parse(context.options).make === 'honeywell';
}

async function identify(link: Link, context: DriverContext): Promise<Identification> {
  if (canBeAsked(context)) return link.exchange(askRevision);
  throw scannerNotAsked(
    'Set make to "honeywell" if it is one of theirs and the cable goes both ways. Else look at its label.',
  );
}

async function healthCheck(link: Link): Promise<void> {
  await link.exchange(askEnabled);
}

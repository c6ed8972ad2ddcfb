import { AgentError, type Driver, defineDriver, scannerNotAsked } from '../kit/index.ts';
import { fingerprints } from './fingerprints.table.ts';
import { optionsSchema } from './options.ts';
import { scans } from './stream.ts';

/** Bar code scanners in the HID point of sale mode: each code in reports of its own, with its AIM identifier. */
export const scannerHid: Driver = defineDriver({
  id: 'cn-scanner-hid',
  version: '1.0.0',
  title: 'Bar code scanner, USB HID POS',
  summary:
    'Bar code scanners in USB HID POS mode: each scan as it comes, with its kind of code. Not those that type like a keyboard.',
  category: 'scanner',
  models: [
    'Honeywell and Metrologic: Xenon, Granit, Voyager, Vuquest, Hyperion in "USB HID" mode',
    'Newland: HR, EM, FM series in "HID POS" mode',
    'Zebra (Symbol), Datalogic, Opticon, Code and others in "HID POS" mode',
    'Others that describe themselves with the usage page of bar code scanners (8C)',
  ],
  manuals: [
    'USB-IF: HID Point of Sale Usage Tables 1.02, section 3, "Bar Code Scanner"',
    'USB-IF: HID Usage Tables 1.5, section 25, "Bar Code Scanner Page (0x8C)"',
    'Newland FM420 Integration Guide, "USB Interface", "HID-POS": "Getting Scanned Data"',
    'ISO/IEC 15424, symbology identifiers',
  ],
  links: { hid: {} },
  bus: null,
  options: optionsSchema,
  fingerprints,
  capabilities: ['scan.read'],
  // Nothing is ever sent: an output report switches the laser on in someone's hand, a feature report may set anything.
  isHarmless: () => false,
  tools: () => [],
  stream: scans,
  resynchronise: () => ({ type: 'none' }),
  async identify() {
    throw scannerNotAsked('Its descriptors say all that it tells: fibric-edge devices');
  },
  async healthCheck() {
    throw new AgentError('not_supported', 'This scanner is not asked whether it is there.');
  },
  isMute: () => true,
});

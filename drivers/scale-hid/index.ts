import { decodeHidFrame } from '../kit/hid/index.ts';
import { AgentError, type Driver, defineDriver } from '../kit/index.ts';
import { fingerprints } from './fingerprints.table.ts';
import { configuredScale, optionsSchema } from './options.ts';
import { weightTool } from './weight-tool.ts';

/** USB scales of the HID class: they say their weight by themselves, and are asked nothing. */
export const scaleHid: Driver = defineDriver({
  id: 'cn-scale-hid',
  version: '1.0.0',
  title: 'USB scale (HID)',
  summary:
    'Postal and shipping scales that are USB HID weighing devices: DYMO, Mettler-Toledo PS, Fairbanks, Stamps.com.',
  category: 'scale',
  models: [
    'DYMO M10, M25, S100, S180, S250 and Endicia',
    'Mettler-Toledo PS60, BC60 and PS series',
    'Fairbanks SCB-R9000',
    'Stamps.com Model 510 and stainless steel',
    'USPS DS25, Elane UParcel, Pitney Bowes 10 lb',
    'Others that describe themselves with the usage page of weighing devices (8D)',
  ],
  manuals: [
    'USB-IF: HID Point of Sale Usage Tables 1.02, section 4, "Weighing Devices"',
    'USB-IF: HID Usage Tables 1.5, section 33, "Weighing Devices Page (0x8D)"',
    'USB-IF: Device Class Definition for HID 1.11, section 6.2.2, "Report Descriptor"',
  ],
  links: { hid: {} },
  bus: null,
  options: optionsSchema,
  fingerprints,
  capabilities: ['weight.read'],
  // The device is sent nothing, ever: an output report zeroes the scale, a vendor's feature report may do anything.
  isHarmless: (bytes) => decodeHidFrame(bytes)?.kind === 'recall',
  tools: (context) => [weightTool(configuredScale(context))],
  resynchronise: () => ({ type: 'none' }),
  async identify() {
    throw new AgentError(
      'not_supported',
      'A scale of this kind is asked nothing: its descriptors say all that it tells.',
      {
        hint: 'See it with: fibric-edge devices',
      },
    );
  },
  async healthCheck() {
    throw new AgentError('not_supported', 'A scale of this kind can not be asked whether it is well.');
  },
  isMute: () => true,
});

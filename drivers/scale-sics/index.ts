import { type Driver, defineDriver } from '../kit/index.ts';
import { disturbedBy, firstQuestions } from './first-questions.ts';
import { healthCheck, identify } from './identify.ts';
import { isHarmless, requestResynchronisation } from './protocol.ts';
import { openScale, optionsSchema } from './scale.ts';
import { tareTool } from './tare-tool.ts';
import { weightTool } from './weight-tool.ts';
import { zeroTool } from './zero-tool.ts';

/** Scales and balances that speak MT-SICS level 0, and 1 where they have it. */
export const scaleSics: Driver = defineDriver({
  id: 'cn-scale-sics',
  version: '1.0.0',
  title: 'Mettler-Toledo scale (MT-SICS)',
  summary: 'Scales and balances with the Mettler-Toledo Standard Interface Command Set: weight, zero and tare.',
  category: 'scale',
  models: [
    'Mettler-Toledo laboratory balances: XPR, XSR, XS, XP, ML, MS, ME, AL, PL, AB, PB, JS, BasicS',
    'Mettler-Toledo weigh modules: WMS, WXS (level 0 and 1 commands)',
    'Mettler-Toledo terminals with SICS: IND series',
    'Ohaus 7000 and Ranger in SICS emulation',
    'Btek T104 indicators',
  ],
  manuals: [
    'Reference Manual MT-SICS Interface Commands for XPR and XSR Balances, chapters 2 and 3',
    'Reference Manual MT-SICS Interface Commands, Standard and Advanced Laboratory Balances (30014405)',
    'JS series Operating Instructions, page 30',
    'AT balances Operating Instructions, page 87',
  ],
  links: {
    serial: {
      // The factory handshake is XON/XOFF. We send a few bytes at a time and pass over these characters, so that we need
      // none; with it a single damaged character could stop the port.
      defaults: { baud_rate: 9600, data_bits: 8, parity: 'none', stop_bits: 1, flow_control: 'none' },
    },
  },
  bus: null,
  options: optionsSchema,
  fingerprints: [
    {
      // No USB id stands for MT-SICS alone: the maker's ids are shared with checkout scales that speak 8217, and most
      // scales hang on a common serial adapter.
      label: 'Mettler-Toledo balance',
      sample: 'Mettler-Toledo MS32001L balance (MT-SICS)',
      manufacturer: /mettler/i,
      product: /\bMT-?SICS\b|\bbalance\b/i,
      strength: 'product',
    },
  ],
  capabilities: ['scale.tare', 'scale.zero', 'weight.read'],
  isHarmless,
  tools(context) {
    const scale = openScale(context);
    return [tareTool(scale), zeroTool(scale), weightTool(scale)];
  },
  resynchronise: (context) => ({
    type: 'question',
    request: requestResynchronisation(optionsSchema.parse(context.options).reply_timeout_ms),
  }),
  identify,
  firstQuestions,
  disturbedBy,
  healthCheck,
});

import { characterTimeMs, type Driver, defineDriver } from '../kit/index.ts';
import { fingerprints } from './fingerprints.table.ts';
import { disturbedBy, firstQuestions } from './first-questions.ts';
import { healthCheck, identify } from './identify.ts';
import { mapNames, registerMaps } from './maps/index.ts';
import { isHarmlessFrame } from './rtu.ts';
import { modbusTools } from './tools.ts';
import { optionsSchema } from './unit.ts';

/** Above 19200 baud the silence between frames is fixed (MODBUS over Serial Line V1.02, 2.5.1.1). */
const SHORTEST_QUIET_MS = 1.75;
/** Longer than the silence between frames and than what a USB adapter holds back (16 ms for an FTDI chip). */
const RESYNCHRONISE_QUIET_MS = 50;
/** An answer names its unit and function, and not what was asked for. */
const LATE_MS = 1_000;

/** Modbus RTU by register map: each unit on the bus is a device of its own. */
export const modbus: Driver = defineDriver({
  id: 'cn-modbus',
  version: '1.0.0',
  title: 'Modbus RTU device',
  summary:
    'Sensors and relay boards on an RS-485 bus, each by its unit address. What a unit offers is described by a register map.',
  category: 'modbus',
  models: mapNames.flatMap((name) => registerMaps[name].models),
  manuals: [
    'MODBUS Application Protocol Specification V1.1b3',
    'MODBUS over Serial Line Specification and Implementation Guide V1.02',
    ...mapNames.map((name) => registerMaps[name].manual),
  ],
  links: {
    serial: {
      defaults: { baud_rate: 9600, data_bits: 8, parity: 'none', stop_bits: 1, flow_control: 'none' },
      quietBeforeSendMs: (settings) => Math.max(SHORTEST_QUIET_MS, 3.5 * characterTimeMs(settings)),
    },
  },
  bus: { minUnit: 1, maxUnit: 247 },
  options: optionsSchema,
  fingerprints,
  capabilities: ['relay.read', 'relay.set', 'sensor.read'],
  isHarmless: isHarmlessFrame,
  tools: modbusTools,
  resynchronise: () => ({ type: 'quiet', quietMs: RESYNCHRONISE_QUIET_MS, lateMs: LATE_MS }),
  identify,
  firstQuestions,
  disturbedBy,
  healthCheck,
});

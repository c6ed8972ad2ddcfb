import { z } from 'zod';
import { type Driver, type DriverContext, defineDriver, defineStream, type Stream } from '../kit/index.ts';
import { disturbedBy } from './disturbance.ts';
import { gatherEpochs, positionShape } from './epoch.ts';
import { fingerprints } from './fingerprints.table.ts';
import { identify, listen } from './identify.ts';
import { readReport } from './report.ts';
import { MAX_FRAME_BYTES, matchSentence } from './sentence.ts';

/** Within a burst of sentences no receiver is silent for so long; between two there is more at one a second. */
const END_OF_BURST_MS = 150;

const optionsSchema = z.strictObject({
  expected_interval_ms: z
    .int()
    .min(50)
    .max(600_000)
    .default(1_000)
    .describe(
      'How often the receiver tells its position, in milliseconds; silent for three times as long it counts as gone',
    ),
});

/** Satellite navigation receivers that speak NMEA 0183. Nothing is ever sent to them. */
export const gnssNmea: Driver = defineDriver({
  id: 'cn-gnss-nmea',
  version: '1.0.0',
  title: 'GNSS receiver (NMEA 0183)',
  summary: 'GPS and other satellite receivers that send NMEA 0183 sentences: position, speed and course, as they come.',
  category: 'gnss',
  models: [
    'u-blox 5 to 10, NEO, LEA, MAX, ZED series with NMEA output',
    'GlobalSat BU-353 and other SiRF receivers, MediaTek MT33xx, SkyTraq, Quectel and other modules',
    'Garmin receivers in NMEA mode; NMEA 0183 multiplexers and gateways',
  ],
  manuals: [
    'NMEA 0183 Standard for Interfacing Marine Electronic Devices, sentences GGA, RMC, GSA, VTG, ZDA, GLL',
    'u-blox 8 / M8 Receiver Description, "NMEA Protocol"; "UBX Protocol", frame structure',
    'gpsd: "NMEA Revealed" (gpsd.gitlab.io/gpsd/NMEA.html)',
  ],
  links: {
    serial: { defaults: { baud_rate: 9600, data_bits: 8, parity: 'none', stop_bits: 1, flow_control: 'none' } },
    tcp: {},
  },
  bus: null,
  options: optionsSchema,
  fingerprints,
  capabilities: ['position.read'],
  isHarmless: (bytes) => bytes.length === 0,
  tools: () => [],
  stream: positions,
  // It is never asked, so that there is nothing to get out of step with.
  resynchronise: () => ({ type: 'quiet', quietMs: 0 }),
  identify,
  disturbedBy,
  healthCheck: async (link) => void (await link.exchange(listen)),
});

function positions(context: DriverContext): Stream {
  const { expected_interval_ms: expectedIntervalMs } = optionsSchema.parse(context.options);
  return defineStream({
    capability: 'position.read',
    title: 'Read the position',
    description:
      'Gives where the receiver is: latitude and longitude as decimal text, height, speed, course, and how good the fix is. ' +
      'Without a fix (fix "none") there is no position, and latitude and longitude are null.',
    item: positionShape,
    delivery: 'latest',
    personal: true,
    expectedIntervalMs,
    idleMs: END_OF_BURST_MS,
    maxFrameBytes: MAX_FRAME_BYTES,
    match(buffer) {
      const progress = matchSentence(buffer);
      if (progress.kind !== 'frame') return progress;
      const { frame, consumed } = progress;
      const report = readReport(frame);
      if (report === 'bad') return { kind: 'bad', consumed, expected: `a sound ${frame.type} sentence` };
      return report === null ? { kind: 'skip', consumed } : { kind: 'frame', frame: report, consumed };
    },
    gather: gatherEpochs,
  });
}

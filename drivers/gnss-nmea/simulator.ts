import { z } from 'zod';
import { encodeLatin1 } from '../kit/index.ts';
import type { Send, SimulatedDevice, SimulatorModel } from '../kit/simulator/simulated-device.ts';
import { writeSentence } from './sentence.ts';

const latitude = z.string().regex(/^\d{4}\.\d{1,7},[NS]$/, 'ddmm.mmmm,N or S');
const longitude = z.string().regex(/^\d{5}\.\d{1,7},[EW]$/, 'dddmm.mmmm,E or W');

const changeSchema = z.strictObject({
  latitude: latitude.optional(),
  longitude: longitude.optional(),
  altitude: z.string().optional(),
  knots: z.string().optional(),
  course: z.string().optional(),
  /** False: it has lost the sky. */
  fix: z.boolean().optional(),
  satellites: z.int().min(0).max(99).optional(),
  /** False: it sends nothing, as one that is switched off. */
  sending: z.boolean().optional(),
});

const optionsSchema = z.strictObject({
  latitude: latitude.default('4807.0380,N'),
  longitude: longitude.default('01131.0000,E'),
  altitude: z.string().default('545.4'),
  interval_ms: z.int().min(20).max(60_000).default(1_000),
  talker: z
    .string()
    .regex(/^[A-Z]{2}$/)
    .default('GN'),
  fix: z.boolean().default(true),
});

/**
 * A receiver that tells once an interval: RMC, VTG, GGA, GSA, and a GSV that nobody needs. By hand: another place, no fix,
 * silence. `state()` counts the bursts.
 */
export const gnssNmeaSimulator: SimulatorModel = {
  listing: 'cn-gnss-nmea',
  create: (options) => createSimulatedReceiver(optionsSchema.parse(options)),
};

function createSimulatedReceiver({
  interval_ms: intervalMs,
  talker,
  ...start
}: z.output<typeof optionsSchema>): SimulatedDevice {
  let now = { ...start, knots: '000.0', course: '', satellites: 8, sending: true };
  let bursts = 0;

  const tick = (send: Send): void => {
    if (!now.sending) return;
    bursts += 1;
    const moment = new Date().toISOString();
    const time = `${moment.slice(11, 19).replaceAll(':', '')}.${moment.slice(20, 22)}`;
    const date = `${moment.slice(8, 10)}${moment.slice(5, 7)}${moment.slice(2, 4)}`;
    const { fix, satellites, altitude, knots, course } = now;
    const place = fix ? `${now.latitude},${now.longitude}` : ',,,';
    const sentences = [
      `${talker}RMC,${time},${fix ? 'A' : 'V'},${place},${fix ? knots : ''},${fix ? course : ''},${date},,,${fix ? 'A' : 'N'}`,
      `${talker}VTG,${fix ? course : ''},T,,M,${fix ? knots : ''},N,,K,${fix ? 'A' : 'N'}`,
      `${talker}GGA,${time},${place},${fix ? 1 : 0},${String(fix ? satellites : 0).padStart(2, '0')},${fix ? '0.9' : '99.99'},${fix ? altitude : ''},M,46.9,M,,`,
      `${talker}GSA,A,${fix ? 3 : 1},01,02,03,04,,,,,,,,,1.5,${fix ? '0.9' : '99.99'},1.2`,
      `${talker}GSV,1,1,01,01,40,083,46`,
    ];
    send(encodeLatin1(sentences.map(writeSentence).join('')));
  };

  return {
    receive() {},
    state: () => ({ ...now, bursts }),
    change(change) {
      const { ...changed } = changeSchema.parse(change);
      now = { ...now, ...Object.fromEntries(Object.entries(changed).filter(([, value]) => value !== undefined)) };
    },
    beat: { intervalMs, tick },
  };
}

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { encodeLatin1, noDevice } from '../kit/index.ts';
import { hear } from '../kit/testing/stream-laws.ts';
import { positionShape } from './epoch.ts';
import { gnssNmea } from './index.ts';

/**
 * Recordings of real receivers from gpsd 3.22 (test/daemon, BSD-2-Clause; each file names its author), and where gpsd
 * itself said that they were, by the time of day (its .chk files).
 */
const fixtures = new URL('./fixtures/', import.meta.url);
const said = z
  .record(
    z.string(),
    z.record(z.string(), z.object({ mode: z.int(), lat: z.number().optional(), lon: z.number().optional() })),
  )
  .parse(JSON.parse(readFileSync(new URL('gpsd-3.22-positions.json', fixtures), 'utf8')));

/** gpsd tells degrees with nine digits, as floats. */
const SAME_DEGREES = 6e-8;

function positionsOf(recording: string) {
  const stream = gnssNmea.stream?.({ ...noDevice, options: { expected_interval_ms: 1_000 } });
  if (stream == null) throw new Error('no stream');
  const lines = readFileSync(new URL(`${recording}.nmea`, fixtures), 'latin1')
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .map((line) => `${line.trimEnd()}\r\n`);
  const heard = hear(stream, lines.map(encodeLatin1));
  const lost = heard.reduce<number>((sum, one) => (typeof one === 'number' ? sum + one : sum), 0);
  return { positions: z.array(positionShape).parse(heard.filter((one) => typeof one !== 'number')), lost };
}

describe('a recording', () => {
  it.each([
    ['et-332', 'SiRF III at rest, with ZDA', 19],
    ['nmea-fuzzy-cases', 'Trimble with RTK, ten a second, eight digits', 14],
    ['ch-4711', 'GLONASS mouse that loses the sky', 12],
    ['beidou-gb', 'BeiDou under its other talker id', 0],
    ['geos-1m', 'GPS and GLONASS after power-up', 5],
  ])('%s (%s) is where gpsd says it is', (recording, _what, atLeast) => {
    const { positions } = positionsOf(recording);
    expect(positions.length).toBeGreaterThan(0);
    let compared = 0;
    for (const { device_at, fix, latitude, longitude } of positions) {
      const theirs =
        device_at === null ? undefined : said[recording]?.[new Date(device_at).toISOString().slice(11, 23)];
      if (theirs === undefined) continue;
      compared += 1;
      if (theirs.mode < 2) expect(fix).toBe('none');
      if (theirs.lat === undefined || theirs.lon === undefined || latitude === null || longitude === null) continue;
      expect(Math.abs(Number(latitude) - theirs.lat)).toBeLessThan(SAME_DEGREES);
      expect(Math.abs(Number(longitude) - theirs.lon)).toBeLessThan(SAME_DEGREES);
    }
    expect(compared).toBeGreaterThanOrEqual(atLeast);
  });
});

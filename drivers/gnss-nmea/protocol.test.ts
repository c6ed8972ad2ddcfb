import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeLatin1, fromHex, type JsonObject, noDevice } from '../kit/index.ts';
import { checkStreamLaws, hear } from '../kit/testing/stream-laws.ts';
import { readAngle } from './angles.ts';
import { gnssNmea } from './index.ts';
import { readSentence, writeSentence } from './sentence.ts';

const stream = () => {
  const made = gnssNmea.stream?.({ ...noDevice, options: { expected_interval_ms: 1_000 } });
  if (made == null) throw new Error('no stream');
  return made;
};
const positions = (...lines: readonly string[]) =>
  hear(stream(), [encodeLatin1(lines.map((line) => `${line}\r\n`).join(''))]);

describe('a position', () => {
  it('is made of all that is said of one moment', () => {
    expect(
      positions(
        '$GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*47',
        '$GPGSA,A,3,04,05,,09,12,,,24,,,,,2.5,1.3,2.1*39',
        '$GPRMC,123519,A,4807.038,N,01131.000,E,022.4,084.4,230394,003.1,W*6A',
      ),
    ).toEqual([
      {
        fix: '3d',
        quality: 'gps',
        latitude: '48.117300',
        longitude: '11.516667',
        altitude_m: '545.4',
        speed_kmh: '41.4848',
        course_deg: '84.4',
        satellites: 8,
        hdop: '0.9',
        device_at: '1994-03-23T12:35:19Z',
      },
    ]);
  });

  it('is none without a fix', () => {
    const [position] = positions('$GNRMC,,V,,,,,,,,,,N*4D', '$GNGGA,,,,,,0,00,99.99,,,,,,*56');
    expect(position).toEqual({
      fix: 'none',
      quality: 'none',
      latitude: null,
      longitude: null,
      altitude_m: null,
      speed_kmh: null,
      course_deg: null,
      satellites: 0,
      hdop: null,
      device_at: null,
    });
  });

  const sentences = (...bodies: readonly string[]) => positions(...bodies.map((body) => writeSentence(body).trimEnd()));
  const gga = (time: string, quality: number) =>
    `GPGGA,${time},4807.038,N,01131.000,E,${quality},08,0.9,545.4,M,46.9,M,,`;
  const rmc = (time: string, valid: 'A' | 'V') => `GPRMC,${time},${valid},4807.038,N,01131.000,E,0.0,,230326,,`;

  it.each<[string, readonly string[], JsonObject]>([
    ['one sentence calls it invalid', [gga('100000', 1), rmc('100000', 'V')], { fix: 'none', latitude: null }],
    [
      'the receiver says no fix in GSA',
      [gga('100000', 1), 'GPGSA,A,1,,,,,,,,,,,,,,,'],
      { fix: 'none', latitude: null },
    ],
    ['it was typed in', [gga('100000', 7)], { fix: 'none', quality: 'manual', latitude: null }],
    ['it is simulated', [gga('100000', 8)], { fix: 'none', quality: 'simulated', latitude: null }],
  ])('is none when %s', (_name, bodies, position) => {
    expect(sentences(...bodies)).toMatchObject([position]);
  });

  it.each<[string, readonly string[], JsonObject]>([
    ['dead reckoning', [gga('100000', 6), rmc('100000', 'V')], { fix: 'estimated', latitude: '48.117300' }],
    ['RTK', [gga('100000', 4)], { fix: 'unknown', quality: 'rtk_fixed' }],
    ['two dimensions', [gga('100000', 1), 'GPGSA,A,2,,,,,,,,,,,,,,,'], { fix: '2d', altitude_m: null }],
    ['RMC alone', [rmc('100000', 'A')], { fix: 'unknown', quality: 'gps', speed_kmh: '0.0000', satellites: null }],
  ])('says how far it is known: %s', (_name, bodies, position) => {
    expect(sentences(...bodies)).toMatchObject([position]);
  });

  it('is told once for each moment, whatever the order and however late the rest', () => {
    expect(
      sentences(rmc('100000', 'A'), gga('100000.00', 1), rmc('100001', 'A'), gga('100001.000', 1)).map((one) =>
        typeof one === 'number' ? one : one['device_at'],
      ),
    ).toEqual(['2026-03-23T10:00:00Z', '2026-03-23T10:00:01Z']);
    const decoder = stream().decoder();
    decoder.push(encodeLatin1(writeSentence(gga('100000', 1))), 0);
    expect(decoder.idle(150)).toHaveLength(1);
    expect(decoder.push(encodeLatin1(writeSentence(rmc('100000', 'A'))), 200)).toEqual([]);
    expect(decoder.idle(400)).toEqual([]);
    decoder.push(encodeLatin1(writeSentence(gga('100001', 1))), 1_000);
    expect(decoder.idle(1_150)).toHaveLength(1);
  });

  it('knows the time of a receiver that sends ZDA, and no leap second', () => {
    expect(sentences('GPZDA,201530.00,04,07,2026,00,00', gga('201530.00', 1))).toMatchObject([
      { device_at: '2026-07-04T20:15:30.00Z' },
    ]);
    expect(sentences('GPZDA,235960.00,31,12,2016,00,00', gga('235960.00', 1))).toMatchObject([{ device_at: null }]);
  });
});

describe('a line', () => {
  const good = '$GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*47';

  it.each([
    ['a wrong checksum', good.replace('*47', '*48')],
    ['no checksum', good.slice(0, -3)],
    ['a place that is none', writeSentence('GPGGA,123519,9907.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,').trimEnd()],
    ['sixty minutes', writeSentence('GPGGA,123519,4860.000,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,').trimEnd()],
    ['a number that is none', writeSentence('GPGGA,123519,4807.038,N,01131.000,E,1,08,0x9,545.4,M,46.9,M,,').trimEnd()],
  ])('with %s is lost, and the next one is read', (_name, line) => {
    expect(positions(line, good)).toMatchObject([line.length, { latitude: '48.117300' }]);
  });

  it('that was cut off is lost, and not the one that begins in it', () => {
    expect(hear(stream(), [encodeLatin1(`${good.slice(0, 30)}${good}\r\n`)])).toMatchObject([30, { fix: 'unknown' }]);
  });

  it('may be UBX, which is passed over where its checksum is right', () => {
    const ubx = fromHex('B5 62 05 01 02 00 06 01 0F 38');
    const spoilt = fromHex('B5 62 05 01 02 00 06 01 0F 39');
    const line = encodeLatin1(`${good}\r\n`);
    expect(hear(stream(), [ubx, line])).toMatchObject([{ fix: 'unknown' }]);
    expect(hear(stream(), [spoilt, line])).toMatchObject([10, { fix: 'unknown' }]);
  });

  it('may be of any talker, of a maker, or encapsulated', () => {
    for (const body of ['GLGSV,1,1,00', 'PUBX,00,1', 'HCHDG,1.0,,,,'])
      expect(readSentence(writeSentence(body).trimEnd())).not.toBeNull();
    expect(positions('!AIVDM,1,1,,A,14eG;o@034o8sd<L9i:a;WF>062D,0*7D')).toEqual([]);
  });

  it('of any bytes holds the laws of streams', () => {
    const body = fc.constantFrom(
      'GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,',
      'GPRMC,123520,A,4807.038,N,01131.000,E,022.4,084.4,230394,003.1,W',
      'GNGGA,,,,,,0,00,99.99,,,,,,',
      'GPGSA,A,3,04,05,,09,12,,,24,,,,,2.5,1.3,2.1',
      'GPXXX,1',
    );
    const pieces = fc.oneof(
      body.map((text) => encodeLatin1(writeSentence(text))),
      body.map((text) => encodeLatin1(writeSentence(text).slice(0, 20))),
      fc.constant(fromHex('B5 62 05 01 02 00 06 01 0F 38')),
    );
    checkStreamLaws(stream(), pieces);
  });
});

describe('an angle', () => {
  it.each([
    ['4807.038', 'N', 90, '48.117300'],
    ['01131.000', 'E', 180, '11.516667'],
    ['3940.6986', 'S', 90, '-39.6783100'],
    ['0000.000', 'S', 90, '0.000000'],
    ['9000', 'N', 90, '90.000'],
    ['18000.00', 'W', 180, '-180.00000'],
  ] as const)('%s %s is %#', (text, hemisphere, maxDegrees, degrees) => {
    expect(readAngle(text, hemisphere, maxDegrees)).toBe(degrees);
  });

  it.each([
    ['9000.001', 'N', 90],
    ['4860.0', 'N', 90],
    ['4807.038', 'E', 90],
    ['', 'N', 90],
    ['48.07', 'N', 90],
  ] as const)('%s %s is none', (text, hemisphere, maxDegrees) => {
    expect(readAngle(text, hemisphere, maxDegrees)).toBeNull();
  });

  it('keeps what the receiver told: back in minutes it is the same', () => {
    fc.assert(
      fc.property(fc.nat(89), fc.nat(59), fc.nat(8), fc.nat(99_999_999), (degrees, minutes, digits, number) => {
        const fraction = String(number).padStart(8, '0').slice(0, digits);
        const text = `${String(degrees).padStart(2, '0')}${String(minutes).padStart(2, '0')}.${fraction}`;
        const angle = readAngle(text, 'N', 90) ?? '';
        const scaled = BigInt(angle.replace('.', ''));
        const scale = 10n ** BigInt(digits + 3);
        // Rounded back to the digits of the receiver.
        const told = ((scaled - BigInt(degrees) * scale) * 60n + 500n) / 1_000n;
        expect(told).toBe(BigInt(`${minutes}${fraction}`));
      }),
    );
  });
});

import { z } from 'zod';
import { formatDecimal, type Gathering, multiplyDecimals, parseDecimal } from '../kit/index.ts';
import type { Quality, Report } from './report.ts';

const decimal = z.string().nullable();

/** One position, made of what a receiver says of one moment. */
export const positionShape = z.strictObject({
  fix: z
    .enum(['none', 'estimated', '2d', '3d', 'unknown'])
    .describe(
      'none: the receiver does not know where it is, and there is no position; estimated: dead reckoning; unknown: a fix ' +
        'whose dimensions are not told',
    ),
  quality: z
    .enum(['none', 'gps', 'differential', 'pps', 'rtk_fixed', 'rtk_float', 'estimated', 'manual', 'simulated'])
    .describe('How the receiver came to it; manual and simulated are no fix'),
  latitude: decimal.describe(
    'Degrees, north positive, decimal text with the resolution of the receiver; null without a fix',
  ),
  longitude: decimal.describe('Degrees, east positive, likewise'),
  altitude_m: decimal.describe('Metres above mean sea level; null without a 3D fix'),
  speed_kmh: decimal.describe('Speed over ground in km/h; null without a fix, or where it is not told'),
  course_deg: decimal.describe(
    'Course over ground in degrees from true north; null while standing, for many receivers',
  ),
  satellites: z.int().nullable().describe('Satellites in use; null where it is not told'),
  hdop: decimal.describe('Horizontal dilution of precision; null where there is none'),
  device_at: z.iso
    .datetime()
    .nullable()
    .describe('The moment by the receiver, UTC; null while it does not know the date'),
});

type Position = z.output<typeof positionShape>;

/** What was said of the present moment so far. */
interface Epoch {
  readonly reports: readonly Report[];
  /** It was told already; what still comes of it changes nothing. */
  readonly told: boolean;
  /** Said without a time after it was told: of the next moment. */
  readonly ahead: readonly Report[];
}

const timed = /(GGA|RMC|GLL|ZDA)$/;
const located = /(GGA|RMC|GLL)$/;
const KMH_PER_KNOT = { unscaled: 1852n, fractionDigits: 3 };

/** A moment ends when another one's sentence comes, or when the line is silent. */
export const gatherEpochs: Gathering<Report, Epoch, Position> = {
  start: { reports: [], told: false, ahead: [] },
  next(epoch, report) {
    if (!beginsAnother(epoch, report)) {
      if (!epoch.told) return { state: { ...epoch, reports: [...epoch.reports, report] }, items: [] };
      const isAhead = !timed.test(report.name);
      return { state: isAhead ? { ...epoch, ahead: [...epoch.ahead, report] } : epoch, items: [] };
    }
    return {
      state: { reports: [...epoch.ahead, report], told: false, ahead: [] },
      items: epoch.told ? [] : positionsOf(epoch.reports),
    };
  },
  rest(epoch) {
    if (epoch.told || !epoch.reports.some(({ name }) => located.test(name))) return { state: epoch, items: [] };
    return { state: { ...epoch, told: true }, items: positionsOf(epoch.reports) };
  },
};

/** Without a time (a receiver that has none yet) the same sentence again begins another moment. */
function beginsAnother({ reports }: Epoch, { name, time }: Report): boolean {
  if (!timed.test(name)) return false;
  const known = reports.find((report) => report.time !== null)?.time ?? null;
  if (time !== null && known !== null) return !sameTime(time, known);
  return reports.some((report) => report.name === name);
}

function sameTime(left: string, right: string): boolean {
  const plain = (time: string) => time.replace(/\.?0*$/, '');
  return plain(left.padEnd(7, '.')) === plain(right.padEnd(7, '.'));
}

function positionsOf(reports: readonly Report[]): readonly Position[] {
  const located_ = reports.filter(({ name }) => located.test(name));
  if (located_.length === 0) return [];
  const quality = qualityOf(reports);
  const fix = fixOf(reports, quality);
  const place = fix === 'none' ? null : firstOf(located_, 'place');
  const course = fix === 'none' ? null : firstOf(reports, 'course');
  const knots = fix === 'none' ? null : parseDecimal(firstOf(reports, 'knots') ?? '');
  const hasHeight = fix !== 'none' && fix !== '2d';
  return [
    {
      fix,
      quality,
      latitude: place?.latitude ?? null,
      longitude: place?.longitude ?? null,
      altitude_m: hasHeight ? firstOf(reports, 'altitude') : null,
      speed_kmh: knots === null ? null : formatDecimal(multiplyDecimals(knots, KMH_PER_KNOT)),
      course_deg: course,
      satellites: firstOf(reports, 'satellites'),
      hdop: firstOf(reports, 'hdop'),
      device_at: momentOf(firstOf(reports, 'date'), firstOf(reports, 'time')),
    },
  ];
}

/** GGA knows best; RMC's mode stands in for it. */
function qualityOf(reports: readonly Report[]): Quality {
  const told = reports.filter(({ name }) => name.endsWith('GGA')).map(({ quality }) => quality ?? 'none');
  const best = told.find((quality) => quality !== 'none') ?? told[0];
  if (best !== undefined) return best;
  const mode = firstOf(reports, 'quality');
  return mode ?? (reports.some(({ valid }) => valid === true) ? 'gps' : 'none');
}

/** Where two sentences differ, the one that claims less is believed. */
function fixOf(reports: readonly Report[], quality: Quality): Position['fix'] {
  if (quality === 'none' || quality === 'manual' || quality === 'simulated') return 'none';
  if (firstOf(reports, 'place') === null) return 'none';
  if (quality === 'estimated') return 'estimated';
  if (reports.some(({ valid }) => valid === false)) return 'none';
  const dimensions = reports.flatMap((report) => (report.dimensions === null ? [] : [report.dimensions]));
  if (dimensions.length === 0) return 'unknown';
  const most = Math.max(...dimensions);
  if (most === 0) return 'none';
  return most === 2 ? '2d' : '3d';
}

function firstOf<Key extends keyof Report>(reports: readonly Report[], key: Key): Report[Key] | null {
  return reports.find((report) => report[key] !== null)?.[key] ?? null;
}

/** Null also for a leap second, which no calendar of ours has. */
function momentOf(date: string | null, time: string | null): string | null {
  if (date === null || time === null || time.slice(4, 6) === '60') return null;
  const fraction = time.slice(7) === '' ? '' : `.${time.slice(7)}`;
  return `${date}T${time.slice(0, 2)}:${time.slice(2, 4)}:${time.slice(4, 6)}${fraction}Z`;
}

import { formatDecimal, parseDecimal } from '../kit/index.ts';
import { readAngle } from './angles.ts';
import type { Sentence } from './sentence.ts';

/** Where a sentence says the receiver is. */
export interface Place {
  readonly latitude: string;
  readonly longitude: string;
}

/** What GGA's quality and RMC's mode call the kind of a fix. */
export type Quality =
  | 'none'
  | 'gps'
  | 'differential'
  | 'pps'
  | 'rtk_fixed'
  | 'rtk_float'
  | 'estimated'
  | 'manual'
  | 'simulated';

/** What one sentence says; null: nothing of it. */
export interface Report {
  /** Talker and type: `GPGGA`. */
  readonly name: string;
  /** `hhmmss.ss`. */
  readonly time: string | null;
  /** `yyyy-mm-dd`. */
  readonly date: string | null;
  readonly quality: Quality | null;
  /** Whether it calls its position valid. */
  readonly valid: boolean | null;
  readonly dimensions: 0 | 2 | 3 | null;
  readonly place: Place | null;
  readonly satellites: number | null;
  readonly hdop: string | null;
  readonly altitude: string | null;
  readonly knots: string | null;
  readonly course: string | null;
}

const nothing: Omit<Report, 'name'> = {
  time: null,
  date: null,
  quality: null,
  valid: null,
  dimensions: null,
  place: null,
  satellites: null,
  hdop: null,
  altitude: null,
  knots: null,
  course: null,
};

const qualities: Readonly<Record<string, Quality>> = {
  0: 'none',
  1: 'gps',
  2: 'differential',
  3: 'pps',
  4: 'rtk_fixed',
  5: 'rtk_float',
  6: 'estimated',
  7: 'manual',
  8: 'simulated',
};
const modes: Readonly<Record<string, Quality>> = {
  A: 'gps',
  D: 'differential',
  P: 'pps',
  R: 'rtk_fixed',
  F: 'rtk_float',
  E: 'estimated',
  M: 'manual',
  S: 'simulated',
  N: 'none',
};

/**
 * What a sentence says of the position (NMEA 0183: GGA, RMC, GSA, VTG, ZDA, GLL). Null for one that says nothing of it;
 * `bad` where a field can't be what it should be.
 */
export function readReport({ talker, type, fields }: Sentence): Report | 'bad' | null {
  const field = (index: number) => fields[index] ?? '';
  const name = `${talker}${type}`;
  try {
    switch (type) {
      case 'GGA':
        return {
          ...nothing,
          name,
          time: timeOf(field(0)),
          place: placeOf(field(1), field(2), field(3), field(4)),
          quality: qualities[field(5)] ?? 'none',
          satellites: countOf(field(6)),
          hdop: dilutionOf(field(7)),
          altitude: decimalOf(field(8)),
        };
      case 'RMC':
        return {
          ...nothing,
          name,
          time: timeOf(field(0)),
          valid: field(1) === 'A',
          place: placeOf(field(2), field(3), field(4), field(5)),
          knots: decimalOf(field(6)),
          course: decimalOf(field(7)),
          date: dateOf(field(8).slice(0, 2), field(8).slice(2, 4), fullYear(field(8).slice(4))),
          quality: field(11) === '' ? null : (modes[field(11)] ?? 'none'),
        };
      case 'GLL':
        return {
          ...nothing,
          name,
          place: placeOf(field(0), field(1), field(2), field(3)),
          time: timeOf(field(4)),
          valid: field(5) === 'A',
        };
      case 'GSA':
        return { ...nothing, name, dimensions: dimensionsOf(field(1)), hdop: dilutionOf(field(15)) };
      case 'VTG':
        return { ...nothing, name, course: decimalOf(field(0)), knots: decimalOf(field(4)) };
      case 'ZDA':
        return { ...nothing, name, time: timeOf(field(0)), date: dateOf(field(1), field(2), field(3)) };
      default:
        return null;
    }
  } catch (error) {
    if (error instanceof RangeError) return 'bad';
    throw error;
  }
}

function timeOf(text: string): string | null {
  if (text === '') return null;
  if (!/^([01]\d|2[0-3])[0-5]\d([0-5]\d|60)(\.\d{0,9})?$/.test(text)) throw new RangeError('time');
  return text;
}

/** Empty fields are a date that is not known. */
function dateOf(day: string, month: string, year: string): string | null {
  if (day === '' || month === '' || year === '') return null;
  const date = `${year}-${month}-${day}`;
  const parsed = /^\d{4}-\d\d-\d\d$/.test(date) ? new Date(`${date}T00:00:00Z`) : null;
  if (parsed === null || Number.isNaN(parsed.getTime()) || parsed.toISOString().slice(0, 10) !== date) {
    throw new RangeError('date');
  }
  return date;
}

function fullYear(twoDigits: string): string {
  if (twoDigits === '') return '';
  return `${Number(twoDigits) >= 80 ? '19' : '20'}${twoDigits}`;
}

function placeOf(latitude: string, north: string, longitude: string, east: string): Place | null {
  if (latitude === '' || longitude === '') return null;
  const [lat, lon] = [readAngle(latitude, north, 90), readAngle(longitude, east, 180)];
  if (lat === null || lon === null) throw new RangeError('position');
  return { latitude: lat, longitude: lon };
}

function decimalOf(text: string): string | null {
  if (text === '') return null;
  const decimal = parseDecimal(text);
  if (decimal === null) throw new RangeError('number');
  return formatDecimal(decimal);
}

/** 99.99 and beyond is how receivers say that there is none. */
function dilutionOf(text: string): string | null {
  const dilution = decimalOf(text);
  return dilution === null || dilution.startsWith('99.') ? null : dilution;
}

function countOf(text: string): number | null {
  if (text === '') return null;
  if (!/^\d{1,3}$/.test(text)) throw new RangeError('number');
  return Number(text);
}

function dimensionsOf(text: string): 0 | 2 | 3 | null {
  switch (text) {
    case '':
      return null;
    case '1':
      return 0;
    case '2':
      return 2;
    case '3':
      return 3;
    default:
      throw new RangeError('fix');
  }
}

import {
  findUsage,
  parseReportDescriptor,
  type ReportDescriptor,
  type ReportField,
  readElement,
  readSelection,
  reportLength,
  type UsagePlace,
} from '../kit/hid/index.ts';
import { usages } from './usages.table.ts';

/** What a data report says, as it says it. */
export interface RawWeight {
  readonly status: number;
  readonly unit: number;
  /** Of ten. */
  readonly exponent: number;
  readonly weight: number;
}

/** Where a scale's values are, out of its own report descriptor. */
export interface ScaleLayout {
  /** The report that has the weight. */
  readonly reportId: number;
  /** Reads the data of that report; null when it is too short. */
  readonly read: (data: Uint8Array) => RawWeight | null;
}

/** A value that is written as the index of a usage, or as a plain number. */
type Coded = (data: Uint8Array) => number | null;

/** The layout that common scales have: for systems that show no report descriptors. */
const usual = Uint8Array.from([
  ...[0x05, 0x8d, 0x09, 0x20, 0xa1, 0x01, 0x85, 0x03, 0x75, 0x08, 0x95, 0x01, 0x15, 0x00, 0x26, 0xff, 0x00],
  ...[0x09, 0x70, 0x81, 0x02, 0x09, 0x50, 0x81, 0x02, 0x15, 0x80, 0x25, 0x7f, 0x09, 0x41, 0x81, 0x02],
  ...[0x15, 0x00, 0x27, 0xff, 0xff, 0x00, 0x00, 0x75, 0x10, 0x09, 0x40, 0x81, 0x02, 0xc0],
]);

/**
 * Finds status, unit, exponent and weight. A report descriptor that is not known is taken to be the usual one. Null when
 * there is no report with a weight, a status and a unit.
 */
export function scaleLayout(descriptor: Uint8Array | null): ScaleLayout | null {
  const reading = parseReportDescriptor(descriptor ?? usual);
  if (reading.kind === 'malformed') return null;
  const weight = findUsage(reading.descriptor, 'input', usages.weight);
  if (weight === null) return null;
  const { reportId } = weight.field;
  const status = coded(reading.descriptor, reportId, usages.status, usages.lastStatus);
  const unit = coded(reading.descriptor, reportId, usages.unit, usages.lastUnit);
  if (status === null || unit === null) return null;
  const scaling = findUsage(inReport(reading.descriptor, reportId), 'input', usages.scaling);
  const length = reportLength(reading.descriptor, 'input', reportId);

  const read = (given: Uint8Array): RawWeight | null => {
    const data = withoutSecondId(given, length, reportId);
    const values = {
      status: status(data),
      unit: unit(data),
      exponent: scaling === null ? 0 : readExponent(scaling, data),
      weight: readElement(weight.field, weight.index, data),
    };
    const { status: s, unit: u, exponent: e, weight: w } = values;
    return s === null || u === null || e === null || w === null ? null : { status: s, unit: u, exponent: e, weight: w };
  };
  return { reportId, read };
}

function inReport({ collections, fields }: ReportDescriptor, reportId: number): ReportDescriptor {
  return { collections, fields: fields.filter((field) => field.reportId === reportId) };
}

/** The value between the usages `first` (the kind of value) and `last` (its last meaning) in a report. */
function coded(descriptor: ReportDescriptor, reportId: number, first: number, last: number): Coded | null {
  const field = descriptor.fields.find(
    (one) =>
      one.kind === 'input' &&
      one.reportId === reportId &&
      !one.isConstant &&
      one.usages.some((range) => range.first >= first && range.last <= last),
  );
  return field === undefined ? null : (data) => readCode(field, first, data);
}

/**
 * Many write a field of plain codes; the tables' own sample writes an array, whose values count through its usages. An
 * array with more values than usages can only be plain codes, too.
 */
function readCode(field: ReportField, first: number, data: Uint8Array): number | null {
  const value = readElement(field, 0, data);
  const listed = field.usages.reduce((sum, range) => sum + range.last - range.first + 1, 0);
  const counts = field.isArray && listed > 1 && field.logicalMax - field.logicalMin + 1 <= listed;
  if (!counts || value === null) return value;
  const usage = readSelection(field, 0, data);
  // Out of range: an array that says nothing (HID 1.11 section 6.2.2.5).
  return usage === null ? 0 : usage - first;
}

/** A power of ten with a sign, also where the descriptor forgot to say that it has one. */
function readExponent({ field, index }: UsagePlace, data: Uint8Array): number | null {
  const value = readElement(field, index, data);
  const half = 2 ** (field.bitSize - 1);
  return value !== null && value >= half ? value - 2 * half : value;
}

/** Some systems and firmwares put the report id into the data once more. */
function withoutSecondId(data: Uint8Array, length: number, reportId: number): Uint8Array {
  return data.length === length + 1 && (data[0] === reportId || (reportId === 0 && (data[0] === 3 || data[0] === 4)))
    ? data.subarray(1)
    : data;
}

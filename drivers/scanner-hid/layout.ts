import {
  findUsage,
  parseReportDescriptor,
  type ReportDescriptor,
  type ReportField,
  readByteField,
  readElement,
  type UsagePlace,
} from '../kit/hid/index.ts';

/** Usages of bar code scanners, page 0x8C, and the byte count of generic desktop (HID Usage Tables 1.5 sections 4 and 25). */
const usages = {
  byteCount: 0x0001_003b,
  identifiers: [0x008c_00fb, 0x008c_00fc, 0x008c_00fd],
  decodedData: 0x008c_00fe,
  continued: 0x008c_00ff,
} as const;

/** What one report says of a code. */
export interface ScanPiece {
  /** The AIM identifier's three bytes; null when the scanner sends none. */
  readonly identifier: Uint8Array | null;
  readonly data: Uint8Array;
  /** More of the same code comes in the next report. */
  readonly continues: boolean;
}

/** Where a scanner's report has the parts of a code, out of its own report descriptor. */
export interface ScanLayout {
  readonly reportId: number;
  /** Reads the data of that report; null when it is too short. */
  readonly read: (data: Uint8Array) => ScanPiece | null;
}

/** The layout of Honeywell's and many others: for systems that show no report descriptors. */
const usual = Uint8Array.from([
  ...[0x05, 0x8c, 0x09, 0x02, 0xa1, 0x01, 0x85, 0x02, 0x15, 0x00, 0x26, 0xff, 0x00, 0x75, 0x08, 0x95, 0x01],
  ...[0x05, 0x01, 0x09, 0x3b, 0x81, 0x02, 0x05, 0x8c, 0x95, 0x03, 0x09, 0xfb, 0x09, 0xfc, 0x09, 0xfd, 0x81, 0x02],
  ...[0x95, 0x38, 0x09, 0xfe, 0x82, 0x02, 0x01, 0x95, 0x02, 0x81, 0x03],
  ...[0x25, 0x01, 0x75, 0x01, 0x95, 0x01, 0x09, 0xff, 0x81, 0x02, 0x75, 0x07, 0x81, 0x03, 0xc0],
]);
const RIGHT_BRACKET = 0x5d;
const FIRST_VENDOR_PAGE = 0xff00;

/** Null when no report carries decoded data in whole bytes. A report descriptor that is not known is taken to be the usual one. */
export function scanLayout(descriptor: Uint8Array | null): ScanLayout | null {
  const reading = parseReportDescriptor(descriptor ?? usual);
  if (reading.kind === 'malformed') return null;
  const data = findUsage(reading.descriptor, 'input', usages.decodedData);
  if (data === null || data.field.bitSize !== 8 || data.field.bitOffset % 8 !== 0) return null;
  const { reportId } = data.field;
  const report = inReport(reading.descriptor, reportId);
  const identifier = identifierPlaces(report);
  const continued = findUsage(report, 'input', usages.continued);
  const count = findUsage(report, 'input', usages.byteCount) ?? unnamedCount(report);

  return {
    reportId,
    read(bytes) {
      const room = readByteField(data.field, bytes);
      const continues = continued === null ? 0 : readElement(continued.field, continued.index, bytes);
      if (room === null || room.length < data.field.count || continues === null) return null;
      const named = count === null ? null : readElement(count.field, count.index, bytes);
      return {
        identifier: readIdentifier(identifier, bytes),
        data: cut(room, named),
        continues: continues !== 0,
      };
    },
  };
}

function inReport({ collections, fields }: ReportDescriptor, reportId: number): ReportDescriptor {
  return { collections, fields: fields.filter((field) => field.reportId === reportId) };
}

/** Three usages, one each; or one that stands for three bytes. */
function identifierPlaces(report: ReportDescriptor): readonly UsagePlace[] {
  const places = usages.identifiers.flatMap((usage) => findUsage(report, 'input', usage) ?? []);
  const [first] = places;
  if (first === undefined || places.length === 3) return places;
  return first.field.count < 3 ? [] : [0, 1, 2].map((index) => ({ field: first.field, index }));
}

/** Some leave the byte before everything else without the usage that says that it counts. */
function unnamedCount({ fields }: ReportDescriptor): UsagePlace | null {
  const isUnnamed = ({ usages: given }: ReportField) =>
    given.every(({ first }) => first === 0 || Math.floor(first / 0x1_0000) >= FIRST_VENDOR_PAGE);
  const field = fields.find(
    (one) => one.kind === 'input' && one.bitOffset === 0 && one.bitSize === 8 && one.count === 1 && !one.isConstant,
  );
  return field !== undefined && isUnnamed(field) ? { field, index: 0 } : null;
}

function readIdentifier(places: readonly UsagePlace[], bytes: Uint8Array): Uint8Array | null {
  const read = places.map(({ field, index }) => readElement(field, index, bytes) ?? 0);
  return read.length === 3 && read[0] === RIGHT_BRACKET ? Uint8Array.from(read) : null;
}

/** As many bytes as are said to be the code's; where none are said, all but the zeros at the end. */
function cut(room: Uint8Array, count: number | null): Uint8Array {
  if (count !== null && count <= room.length) return room.subarray(0, count);
  let end = room.length;
  while (end > 0 && room[end - 1] === 0) end -= 1;
  return room.subarray(0, end);
}

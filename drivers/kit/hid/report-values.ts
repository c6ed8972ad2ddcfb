import type { ReportDescriptor, ReportField, ReportKind } from './report-descriptor.ts';

/** Bytes of the data of a report, its id not counted; 0 when there is no such report. */
export function reportLength({ fields }: ReportDescriptor, kind: ReportKind, reportId: number): number {
  const ends = fields
    .filter((field) => field.kind === kind && field.reportId === reportId)
    .map(({ bitOffset, bitSize, count }) => bitOffset + bitSize * count);
  return Math.ceil(Math.max(0, ...ends) / 8);
}

/** The usage of an element of a variable field, or of an index of an array; the last one stands for all that follow. Null where none is said. */
export function usageAt({ usages }: Pick<ReportField, 'usages'>, index: number): number | null {
  let left = index;
  let last: number | null = null;
  for (const range of usages) {
    const length = range.last - range.first + 1;
    if (left < length) return range.first + left;
    left -= length;
    last = range.last;
  }
  return last;
}

/** Where a usage is among the elements of variable fields: which field and which element. Constants say nothing. */
export interface UsagePlace {
  readonly field: ReportField;
  readonly index: number;
}

/** The first element with this usage in reports of a kind; null when there is none. */
export function findUsage({ fields }: ReportDescriptor, kind: ReportKind, usage: number): UsagePlace | null {
  for (const field of fields) {
    if (field.kind !== kind || field.isConstant || field.isArray) continue;
    const index = indexOf(field, usage);
    if (index !== null && index < field.count) return { field, index };
  }
  return null;
}

/** The index of a usage in a field's list; null when it is not there. */
function indexOf({ usages }: ReportField, usage: number): number | null {
  let before = 0;
  for (const { first, last } of usages) {
    if (usage >= first && usage <= last) return before + usage - first;
    before += last - first + 1;
  }
  return null;
}

/** The number in an element, with its sign where the field has one; null when the report is too short, or the element over 32 bits long. */
export function readElement(field: ReportField, index: number, data: Uint8Array): number | null {
  const { bitOffset, bitSize, count, logicalMin } = field;
  const start = bitOffset + index * bitSize;
  if (index < 0 || index >= count || bitSize > 32 || start + bitSize > data.length * 8) return null;
  let value = 0;
  for (let bit = bitSize - 1; bit >= 0; bit -= 1) {
    const at = start + bit;
    value = value * 2 + (((data[at >> 3] ?? 0) >> (at & 7)) & 1);
  }
  return logicalMin < 0 && value >= 2 ** (bitSize - 1) ? value - 2 ** bitSize : value;
}

/** The usage that an array's element names; null when it names none: a value out of range (section 6.2.2.5), or a short report. */
export function readSelection(field: ReportField, index: number, data: Uint8Array): number | null {
  const value = readElement(field, index, data);
  const { logicalMin, logicalMax, usages } = field;
  if (value === null || value < logicalMin || value > logicalMax) return null;
  const listed = usages.reduce((sum, { first, last }) => sum + last - first + 1, 0);
  return value - logicalMin < listed ? usageAt(field, value - logicalMin) : null;
}

/** The elements of a field of whole bytes, as far as the report has them; null when it is no such field. */
export function readByteField({ bitOffset, bitSize, count }: ReportField, data: Uint8Array): Uint8Array | null {
  if (bitOffset % 8 !== 0 || bitSize % 8 !== 0) return null;
  return data.slice(bitOffset / 8, (bitOffset + bitSize * count) / 8);
}

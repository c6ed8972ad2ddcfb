import { type ReportItem, reportItems } from './report-items.ts';

/** What kind of report a field is in. */
export type ReportKind = 'input' | 'output' | 'feature';

/** Usages in a row, page and id in one number: `0x008d0040`. */
export interface UsageRange {
  readonly first: number;
  readonly last: number;
}

/** A collection (HID 1.11 section 6.2.2.6): 0 physical, 1 application, 2 logical. */
export interface ReportCollection {
  readonly type: number;
  readonly usage: number;
}

/** One main item: `count` elements of `bitSize` bits, one after the other. */
export interface ReportField {
  readonly kind: ReportKind;
  /** 0 where the device numbers no reports. */
  readonly reportId: number;
  /** From the beginning of the report's data, the report id not counted. */
  readonly bitOffset: number;
  readonly bitSize: number;
  readonly count: number;
  /** Padding, or a value that never changes. */
  readonly isConstant: boolean;
  /** An element's value is the index of a usage; otherwise each element has a usage of its own. */
  readonly isArray: boolean;
  readonly isBuffered: boolean;
  readonly logicalMin: number;
  readonly logicalMax: number;
  readonly physicalMin: number;
  readonly physicalMax: number;
  /** The unit item as it is written (section 6.2.2.7); 0: none. */
  readonly unit: number;
  readonly unitExponent: number;
  /** In the order of elements, or of an array's indices. */
  readonly usages: readonly UsageRange[];
  /** What it is in, outermost first. */
  readonly collections: readonly ReportCollection[];
}

/** A report descriptor, read. */
export interface ReportDescriptor {
  /** The top-level collections. */
  readonly collections: readonly ReportCollection[];
  readonly fields: readonly ReportField[];
}

/** What became of reading one. */
export type DescriptorReading =
  | { readonly kind: 'descriptor'; readonly descriptor: ReportDescriptor }
  /** As the kernel would refuse it. `at`: the byte where it goes wrong. */
  | { readonly kind: 'malformed'; readonly at: number; readonly problem: string };

interface Globals {
  readonly usagePage: number;
  readonly logicalMin: number;
  readonly logicalMax: Pick<ReportItem, 'signed' | 'unsigned'>;
  readonly physicalMin: number;
  readonly physicalMax: Pick<ReportItem, 'signed' | 'unsigned'>;
  readonly unit: number;
  readonly unitExponent: number;
  readonly reportSize: number;
  readonly reportCount: number;
  readonly reportId: number;
}

/** Usages wait for their page until the main item: the page may be said after them. */
interface Locals {
  usages: { first: ReportItem; last: ReportItem }[];
  minimum: ReportItem | null;
  /** Within a set of alternatives; only the first, the preferred one, counts. */
  alternatives: 'none' | 'first' | 'others';
}

const noGlobals: Globals = {
  usagePage: 0,
  logicalMin: 0,
  logicalMax: { signed: 0, unsigned: 0 },
  physicalMin: 0,
  physicalMax: { signed: 0, unsigned: 0 },
  unit: 0,
  unitExponent: 0,
  reportSize: 0,
  reportCount: 0,
  reportId: 0,
};
/** A report's length is sent in 16 bits. */
const MAX_REPORT_BITS = 0xffff * 8;
/** Deeper than anyone nests. */
const MAX_DEPTH = 64;
/** The kernel's HID_MAX_DESCRIPTOR_SIZE. */
const MAX_BYTES = 4096;

/** Reads a report descriptor (HID 1.11 section 6.2.2). Never throws. */
export function parseReportDescriptor(bytes: Uint8Array): DescriptorReading {
  if (bytes.length > MAX_BYTES) return { kind: 'malformed', at: MAX_BYTES, problem: 'it is too long' };
  const parser = createParser();
  for (const item of reportItems(bytes)) {
    const problem = item === null ? 'it ends within an item' : parser.take(item);
    if (problem !== null) return { kind: 'malformed', at: item?.at ?? bytes.length, problem };
  }
  const problem = parser.end();
  if (problem !== null) return { kind: 'malformed', at: bytes.length, problem };
  return { kind: 'descriptor', descriptor: parser.descriptor };
}

/** The top-level usages, as devices show them: `008d:0020`. */
export function topLevelUsages({ collections }: Pick<ReportDescriptor, 'collections'>): readonly string[] {
  return [...new Set(collections.map(({ usage }) => formatUsage(usage)))];
}

/** Page and id in lower-case hex: `008d:0020`. */
export function formatUsage(usage: number): string {
  const hex = (value: number) => value.toString(16).padStart(4, '0');
  return `${hex(Math.floor(usage / 0x1_0000))}:${hex(usage % 0x1_0000)}`;
}

function createParser() {
  const collections: ReportCollection[] = [];
  const fields: ReportField[] = [];
  const lengths = new Map<string, number>();
  const saved: Globals[] = [];
  const open: ReportCollection[] = [];
  let globals = noGlobals;
  let locals = noLocals();

  const usages = (): readonly UsageRange[] =>
    locals.usages.map(({ first, last }) => ({ first: fullUsage(first, globals), last: fullUsage(last, globals) }));

  const addField = (kind: ReportKind, flags: number): string | null => {
    const { reportId, reportSize, reportCount, logicalMin, logicalMax, physicalMin, physicalMax } = globals;
    const key = `${kind} ${reportId}`;
    const bitOffset = lengths.get(key) ?? 0;
    const end = bitOffset + reportSize * reportCount;
    if (end > MAX_REPORT_BITS) return 'a report is too long';
    lengths.set(key, end);
    if (reportSize === 0 || reportCount === 0) return null;
    fields.push({
      kind,
      reportId,
      bitOffset,
      bitSize: reportSize,
      count: reportCount,
      isConstant: (flags & 0x01) !== 0,
      isArray: (flags & 0x02) === 0,
      isBuffered: (flags & 0x100) !== 0,
      logicalMin,
      // Many write 25 FF for 255: below zero it can't be where the minimum is not.
      logicalMax: logicalMin < 0 ? logicalMax.signed : logicalMax.unsigned,
      physicalMin,
      physicalMax: physicalMin < 0 ? physicalMax.signed : physicalMax.unsigned,
      unit: globals.unit,
      unitExponent: globals.unitExponent,
      usages: usages(),
      collections: [...open],
    });
    return null;
  };

  const main = (item: ReportItem): string | null => {
    const { tag, unsigned } = item;
    let problem: string | null = null;
    if (tag === 0x8) problem = addField('input', unsigned);
    else if (tag === 0x9) problem = addField('output', unsigned);
    else if (tag === 0xb) problem = addField('feature', unsigned);
    else if (tag === 0xa) {
      const collection = { type: unsigned, usage: usages()[0]?.first ?? 0 };
      if (open.length === MAX_DEPTH) problem = 'its collections are nested too deep';
      if (open.length === 0) collections.push(collection);
      open.push(collection);
    } else if (tag === 0xc && open.pop() === undefined) problem = 'a collection ends that never began';
    locals = noLocals();
    return problem;
  };

  const global = (item: ReportItem): string | null => {
    const { tag, unsigned, signed } = item;
    switch (tag) {
      case 0x0:
        globals = { ...globals, usagePage: unsigned };
        return null;
      case 0x1:
        globals = { ...globals, logicalMin: signed };
        return null;
      case 0x2:
        globals = { ...globals, logicalMax: item };
        return null;
      case 0x3:
        globals = { ...globals, physicalMin: signed };
        return null;
      case 0x4:
        globals = { ...globals, physicalMax: item };
        return null;
      case 0x5:
        // A nibble with a sign; some write the number itself.
        globals = { ...globals, unitExponent: unsigned > 0xf ? signed : unsigned > 7 ? unsigned - 16 : unsigned };
        return null;
      case 0x6:
        globals = { ...globals, unit: unsigned };
        return null;
      case 0x7:
        globals = { ...globals, reportSize: unsigned };
        return null;
      case 0x8:
        globals = { ...globals, reportId: unsigned };
        return unsigned === 0 || unsigned > 0xff ? `there is no report id ${unsigned}` : null;
      case 0x9:
        globals = { ...globals, reportCount: unsigned };
        return null;
      case 0xa:
        saved.push(globals);
        return saved.length > MAX_DEPTH ? 'it pushes too often' : null;
      case 0xb: {
        const back = saved.pop();
        globals = back ?? globals;
        return back === undefined ? 'it pops what was never pushed' : null;
      }
      default:
        return null;
    }
  };

  const local = (item: ReportItem): string | null => {
    if (item.tag === 0xa) {
      locals.alternatives = item.unsigned === 0 ? 'none' : 'first';
      return null;
    }
    if (item.tag > 0x2 || locals.alternatives === 'others') return null;
    if (item.tag === 0x0) locals.usages.push({ first: item, last: item });
    if (item.tag === 0x1) locals.minimum = item;
    if (item.tag === 0x2) {
      const { minimum } = locals;
      locals.minimum = null;
      if (minimum === null) return null;
      if (fullUsage(item, globals) < fullUsage(minimum, globals)) return 'a range of usages ends before it begins';
      locals.usages.push({ first: minimum, last: item });
    }
    if (locals.alternatives === 'first' && locals.minimum === null) locals.alternatives = 'others';
    return null;
  };

  return {
    descriptor: { collections, fields },
    take(item: ReportItem): string | null {
      if (item.type === 'main') return main(item);
      if (item.type === 'global') return global(item);
      return item.type === 'local' ? local(item) : null;
    },
    end: () => (open.length > 0 ? 'a collection never ends' : null),
  };
}

function noLocals(): Locals {
  return { usages: [], minimum: null, alternatives: 'none' };
}

/** A usage of four bytes has its page in it; a shorter one gets the page that holds at the main item. */
function fullUsage({ size, unsigned }: ReportItem, { usagePage }: Globals): number {
  return size === 4 ? unsigned : (usagePage % 0x1_0000) * 0x1_0000 + unsigned;
}

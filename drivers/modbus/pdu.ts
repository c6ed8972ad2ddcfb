/** Function codes that this driver speaks (MODBUS Application Protocol V1.1b3, section 6). */
export const functionCode = {
  readCoils: 0x01,
  readDiscreteInputs: 0x02,
  readHoldingRegisters: 0x03,
  readInputRegisters: 0x04,
  writeSingleCoil: 0x05,
  reportServerId: 0x11,
  encapsulatedInterface: 0x2b,
} as const;

/** MEI type of device identification inside function 2B (section 6.21). */
export const MEI_DEVICE_IDENTIFICATION = 0x0e;

/** What the start of a reply says about its length. */
type ReplyLength =
  | { readonly kind: 'known'; readonly bytes: number }
  /** It can't be told yet. */
  | { readonly kind: 'more' }
  /** These bytes do not begin a reply to this request. */
  | { readonly kind: 'foreign' };

/**
 * A request without its envelope, and how to read the reply to it; the envelope (RTU: address and CRC, TCP: MBAP) is
 * put around it by the transport.
 */
export interface PduRequest<T> {
  /** Function code and data. */
  readonly bytes: Uint8Array;
  readonly label: string;
  /** Length in bytes of the largest normal reply. */
  readonly longestReply: number;
  /** A normal reply repeats the request byte for byte (function 05), so that it can't be told from an echo. */
  readonly replyRepeatsRequest: boolean;
  /** Length of the normal reply that begins with `start`, which is any number of bytes from the function code on. */
  readonly replyLength: (start: Uint8Array) => ReplyLength;
  /** Reads a whole normal reply, of the length that `replyLength` gave. */
  readonly decode: (reply: Uint8Array) => T;
}

/** Registers or bits of one table, by their address on the wire (0-based). */
export interface Span {
  readonly start: number;
  readonly count: number;
}

/** Reads coils (FC 01); resolves to one boolean for each. */
export function readCoils(span: Span): PduRequest<readonly boolean[]> {
  checkSpan(span, 2000);
  const byteCount = Math.ceil(span.count / 8);
  return {
    ...readRequest(functionCode.readCoils, span, byteCount),
    label: `read coils ${describe(span)}`,
    decode: (reply) =>
      Array.from({ length: span.count }, (_, index) => (((reply[2 + (index >> 3)] ?? 0) >> (index & 7)) & 1) === 1),
  };
}

/** The two tables of 16-bit registers: `input` is read with FC 04, `holding` with FC 03. */
export type RegisterTable = 'input' | 'holding';

/** Reads registers; resolves to their words in order. */
export function readRegisters(table: RegisterTable, span: Span): PduRequest<readonly number[]> {
  checkSpan(span, 125);
  const code = table === 'input' ? functionCode.readInputRegisters : functionCode.readHoldingRegisters;
  return {
    ...readRequest(code, span, span.count * 2),
    label: `read ${table} registers ${describe(span)}`,
    decode: (reply) =>
      Array.from({ length: span.count }, (_, index) => word(reply[2 + index * 2] ?? 0, reply[3 + index * 2] ?? 0)),
  };
}

/** Switches one coil (FC 05). The normal reply repeats the request. */
export function writeCoil(coil: number, on: boolean): PduRequest<true> {
  checkSpan({ start: coil, count: 1 }, 1);
  const bytes = Uint8Array.of(functionCode.writeSingleCoil, ...wordBytes(coil), on ? 0xff : 0x00, 0x00);
  return {
    bytes,
    label: `switch coil ${coil} ${on ? 'on' : 'off'}`,
    longestReply: bytes.length,
    replyRepeatsRequest: true,
    replyLength: (start) =>
      bytes.subarray(0, start.length).every((byte, index) => byte === start[index])
        ? { kind: 'known', bytes: bytes.length }
        : { kind: 'foreign' },
    decode: () => true,
  };
}

/** Text objects of a device identification, by object id (section 6.21: 0 vendor, 1 product code, 2 revision, ...). */
export type IdentificationObjects = ReadonlyMap<number, string>;

/** Asks for the basic device identification (FC 2B, MEI 0E, code 01). */
export function readDeviceIdentification(): PduRequest<IdentificationObjects> {
  const bytes = Uint8Array.of(functionCode.encapsulatedInterface, MEI_DEVICE_IDENTIFICATION, 0x01, 0x00);
  return {
    bytes,
    label: 'read device identification',
    longestReply: 253,
    replyRepeatsRequest: false,
    replyLength: identificationLength,
    decode: (reply) => {
      const objects = new Map<number, string>();
      let offset = 7;
      for (let left = reply[6] ?? 0; left > 0; left -= 1) {
        const length = reply[offset + 1] ?? 0;
        const text = reply.subarray(offset + 2, offset + 2 + length);
        objects.set(reply[offset] ?? 0, Buffer.from(text).toString('latin1').trim());
        offset += 2 + length;
      }
      return objects;
    },
  };
}

/** Function, MEI type, code, conformity, more, next, count, then id, length and text for each object. */
function identificationLength(start: Uint8Array): ReplyLength {
  const head = [functionCode.encapsulatedInterface, MEI_DEVICE_IDENTIFICATION, 0x01];
  if (head.some((byte, index) => index < start.length && start[index] !== byte)) return { kind: 'foreign' };
  const count = start[6];
  if (count === undefined) return { kind: 'more' };
  let offset = 7;
  for (let left = count; left > 0; left -= 1) {
    const length = start[offset + 1];
    if (length === undefined) return { kind: 'more' };
    offset += 2 + length;
    if (offset > 253) return { kind: 'foreign' };
  }
  return { kind: 'known', bytes: offset };
}

function readRequest(code: number, span: Span, byteCount: number) {
  return {
    bytes: Uint8Array.of(code, ...wordBytes(span.start), ...wordBytes(span.count)),
    longestReply: 2 + byteCount,
    replyRepeatsRequest: false,
    replyLength: (start: Uint8Array): ReplyLength => {
      if (start[0] !== undefined && start[0] !== code) return { kind: 'foreign' };
      if (start[1] === undefined) return { kind: 'more' };
      return start[1] === byteCount ? { kind: 'known', bytes: 2 + byteCount } : { kind: 'foreign' };
    },
  };
}

function checkSpan({ start, count }: Span, most: number): void {
  if (
    !Number.isInteger(start) ||
    !Number.isInteger(count) ||
    start < 0 ||
    count < 1 ||
    count > most ||
    start + count > 65_536
  )
    throw new RangeError(`no such span: ${count} from ${start}, at most ${most} at once`);
}

function describe({ start, count }: Span): string {
  return count === 1 ? `${start}` : `${start} to ${start + count - 1}`;
}

function word(high: number, low: number): number {
  return (high << 8) | low;
}

function wordBytes(value: number): readonly [number, number] {
  return [value >> 8, value & 0xff];
}

import { type Decimal, formatDecimal, multiplyDecimals, parseDecimal } from '../kit/index.ts';

/** Number formats of registers: signed or unsigned, 16 or 32 bits, or an IEEE 754 single float. */
export const valueTypes = ['s16', 'u16', 's32', 'u32', 'f32'] as const;
export type ValueType = (typeof valueTypes)[number];

/**
 * Order in which the bytes of a 32-bit value, most significant `A`, come over the wire. `CDAB` swaps the words, `BADC`
 * the bytes in each word, `DCBA` both. For a 16-bit value `BADC` and `DCBA` swap its bytes.
 */
export const wordOrders = ['ABCD', 'CDAB', 'BADC', 'DCBA'] as const;
type WordOrder = (typeof wordOrders)[number];

/** How a number lies in registers. */
export interface ValueFormat {
  readonly type: ValueType;
  readonly word_order: WordOrder;
  /** Decimal text; the raw number times this is the value. `0.1` for a register that counts tenths. */
  readonly scale: string;
}

/** Registers that a value of this type takes. */
export function registerCount(type: ValueType): 1 | 2 {
  return type === 's16' || type === 'u16' ? 1 : 2;
}

/**
 * Reads a value from its words, exactly: integers never pass through a float, and a float gives the shortest decimal
 * that is that float. Null for a float that is not a finite number, and when words are missing.
 */
export function decodeValue(words: readonly number[], format: ValueFormat): Decimal | null {
  const count = registerCount(format.type);
  if (words.length < count) return null;
  const scale = decimal(format.scale);
  const view = new DataView(inMemoryOrder(words.slice(0, count), format.word_order).buffer);
  if (format.type === 'f32') {
    const float = view.getFloat32(0);
    if (!Number.isFinite(float)) return null;
    return multiplyDecimals(decimal(shortestDecimal(float)), scale);
  }
  return multiplyDecimals({ unscaled: BigInt(readInteger(view, format.type)), fractionDigits: 0 }, scale);
}

/**
 * The words that hold `value`, for simulators: the inverse of {@link decodeValue}. Throws a `RangeError` when the
 * format can't hold it: out of range, or finer than the scale.
 */
export function encodeValue(value: string, format: ValueFormat): readonly number[] {
  const { type } = format;
  const bytes = new Uint8Array(registerCount(type) * 2);
  const view = new DataView(bytes.buffer);
  if (type === 'f32') view.setFloat32(0, Number(value) / Number(format.scale));
  else {
    const raw = divideExactly(decimal(value), decimal(format.scale));
    if (raw === null) throw new RangeError(`${value} is finer than the resolution ${format.scale}`);
    const { min, max } = integerRanges[type];
    if (raw < min || raw > max) throw new RangeError(`${value} does not fit ${type} at scale ${format.scale}`);
    if (bytes.length === 2) view.setUint16(0, Number(BigInt.asUintN(16, raw)));
    else view.setUint32(0, Number(BigInt.asUintN(32, raw)));
  }
  const ordered = new DataView(inMemoryOrder(wordsOf(view), format.word_order).buffer);
  return wordsOf(ordered);
}

const integerRanges = {
  s16: { min: -0x8000n, max: 0x7fffn },
  u16: { min: 0n, max: 0xffffn },
  s32: { min: -0x80000000n, max: 0x7fffffffn },
  u32: { min: 0n, max: 0xffffffffn },
} as const;

function readInteger(view: DataView, type: Exclude<ValueType, 'f32'>): number {
  switch (type) {
    case 's16':
      return view.getInt16(0);
    case 'u16':
      return view.getUint16(0);
    case 's32':
      return view.getInt32(0);
    case 'u32':
      return view.getUint32(0);
  }
}

/** Bytes from wire order to most significant first. Each order is its own inverse. */
function inMemoryOrder(words: readonly number[], order: WordOrder): Uint8Array<ArrayBuffer> {
  const swapWords = order === 'CDAB' || order === 'DCBA';
  const swapBytes = order === 'BADC' || order === 'DCBA';
  const bytes = new Uint8Array(words.length * 2);
  (swapWords ? words.toReversed() : words).forEach((word, index) => {
    bytes[index * 2] = swapBytes ? word & 0xff : word >> 8;
    bytes[index * 2 + 1] = swapBytes ? word >> 8 : word & 0xff;
  });
  return bytes;
}

function wordsOf(view: DataView): number[] {
  return Array.from({ length: view.byteLength / 2 }, (_, index) => view.getUint16(index * 2));
}

/** The fewest significant digits that read back as the same single float; nine always do. */
function shortestDecimal(float: number): string {
  for (let digits = 1; digits < 9; digits += 1) {
    const text = float.toPrecision(digits);
    if (Math.fround(Number(text)) === float) return withoutExponent(text);
  }
  return withoutExponent(float.toPrecision(9));
}

function withoutExponent(text: string): string {
  const [mantissa = '0', exponent = '0'] = text.split('e');
  const { unscaled, fractionDigits } = decimal(mantissa);
  const digits = fractionDigits - Number(exponent);
  if (digits >= 0) return formatDecimal({ unscaled, fractionDigits: digits });
  return formatDecimal({ unscaled: unscaled * 10n ** BigInt(-digits), fractionDigits: 0 });
}

function divideExactly(value: Decimal, scale: Decimal): bigint | null {
  const numerator = value.unscaled * 10n ** BigInt(scale.fractionDigits);
  const denominator = scale.unscaled * 10n ** BigInt(value.fractionDigits);
  return denominator === 0n || numerator % denominator !== 0n ? null : numerator / denominator;
}

function decimal(text: string): Decimal {
  const parsed = parseDecimal(text);
  if (parsed === null) throw new RangeError(`not a decimal number: ${text}`);
  return parsed;
}

/**
 * Exact decimal numbers as text. Readings go through here and never through a float, so that `12.480` stays `12.480`.
 */
const decimalForm = /^([+-]?)(\d+)(?:\.(\d*))?$|^([+-]?)\.(\d+)$/;

/** A decimal as an integer and a count of digits after the point: `-0.12` is `{unscaled: -12n, fractionDigits: 2}`. */
export interface Decimal {
  readonly unscaled: bigint;
  readonly fractionDigits: number;
}

/** Reads decimal text; null when it is not one (also for `1e3`, `NaN`, an empty string). */
export function parseDecimal(text: string): Decimal | null {
  const found = decimalForm.exec(text);
  if (found === null) return null;
  const negative = (found[1] ?? found[4]) === '-';
  const whole = found[2] ?? '0';
  const fraction = found[3] ?? found[5] ?? '';
  const magnitude = BigInt(whole + fraction);
  return { unscaled: negative ? -magnitude : magnitude, fractionDigits: fraction.length };
}

/** Decimal text with exactly `fractionDigits` digits after the point. A zero has no sign. */
export function formatDecimal({ unscaled, fractionDigits }: Decimal): string {
  const negative = unscaled < 0n;
  const digits = (negative ? -unscaled : unscaled).toString().padStart(fractionDigits + 1, '0');
  const whole = digits.slice(0, digits.length - fractionDigits);
  const fraction = fractionDigits === 0 ? '' : `.${digits.slice(-fractionDigits)}`;
  return `${negative ? '-' : ''}${whole}${fraction}`;
}

/** The exact product; its fraction digits are the sum of both. */
export function multiplyDecimals(left: Decimal, right: Decimal): Decimal {
  return { unscaled: left.unscaled * right.unscaled, fractionDigits: left.fractionDigits + right.fractionDigits };
}

/** Negative, zero or positive as `left` is below, equal to or above `right`. */
export function compareDecimals(left: Decimal, right: Decimal): number {
  const digits = Math.max(left.fractionDigits, right.fractionDigits);
  const difference = rescale(left, digits) - rescale(right, digits);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

function rescale(decimal: Decimal, fractionDigits: number): bigint {
  return decimal.unscaled * 10n ** BigInt(fractionDigits - decimal.fractionDigits);
}

import { z } from 'zod';
import { compareDecimals, type Decimal, formatDecimal, parseDecimal } from '../kit/index.ts';

/** A {@link Weight} in a witness. */
export const weightSchema = z.strictObject({
  value: z.string(),
  unit: z.string(),
  deviceUnit: z.string(),
  stable: z.boolean(),
});

/** An amount in a unit: a weight, a tare, a preset. */
export interface Amount {
  /** Decimal text. */
  readonly value: string;
  /** UCUM code. */
  readonly unit: string;
}

const nothing: Decimal = { unscaled: 0n, fractionDigits: 0 };

/** Whether the amount is exactly zero. */
export function isZero(amount: Amount): boolean {
  return compareDecimals(decimalOf(amount), nothing) === 0;
}

/** Whether both are the same amount in the same unit, however many digits each has. */
export function sameWeight(left: Amount, right: Amount): boolean {
  return left.unit === right.unit && compareDecimals(decimalOf(left), decimalOf(right)) === 0;
}

/** Whether `shown` is `wanted` as a scale of its resolution shows it: in the same unit, less than one last digit away. */
export function shows(shown: Amount, wanted: Amount): boolean {
  if (shown.unit !== wanted.unit) return false;
  const have = decimalOf(shown);
  const difference = addDecimals(have, negate(decimalOf(wanted)));
  const digit: Decimal = { unscaled: 1n, fractionDigits: have.fractionDigits };
  return compareDecimals(difference, digit) < 0 && compareDecimals(difference, negate(digit)) > 0;
}

/** The exact sum; null when the units differ. */
export function sum(left: Amount, right: Amount): Amount | null {
  if (left.unit !== right.unit) return null;
  return { value: formatDecimal(addDecimals(decimalOf(left), decimalOf(right))), unit: left.unit };
}

/** `12.480 kg`, with the scale's own symbol. */
export function showWeight(weight: { readonly value: string; readonly deviceUnit: string }): string {
  return `${weight.value} ${weight.deviceUnit}`;
}

function addDecimals(left: Decimal, right: Decimal): Decimal {
  const fractionDigits = Math.max(left.fractionDigits, right.fractionDigits);
  const scaled = (one: Decimal) => one.unscaled * 10n ** BigInt(fractionDigits - one.fractionDigits);
  return { unscaled: scaled(left) + scaled(right), fractionDigits };
}

function negate({ unscaled, fractionDigits }: Decimal): Decimal {
  return { unscaled: -unscaled, fractionDigits };
}

function decimalOf({ value }: Amount): Decimal {
  const decimal = parseDecimal(value);
  if (decimal === null) throw new RangeError(`not a decimal: ${value}`);
  return decimal;
}

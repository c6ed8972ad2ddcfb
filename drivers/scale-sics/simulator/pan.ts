import { type Decimal, formatDecimal, type JsonObject, parseDecimal } from '../../kit/index.ts';
import type { ScaleChange, SimulatorOptions } from './options.ts';

/** How a weighing, zeroing or taring ended, as MT-SICS status letters say it. */
export type PanResult = 'done' | 'I' | '+' | '-' | 'L';

/** The weighing part: load, tare, rest and range, counted in last digits of the scale. */
export interface Pan {
  /** Why no weight can be shown, or null. */
  fault(): string | null;
  stable(): boolean;
  range(): '+' | '-' | null;
  unit(): string;
  net(): string;
  tare(): string;
  zero(waitForRest: boolean): PanResult;
  takeTare(waitForRest: boolean): PanResult;
  presetTare(value: string, unit: string): PanResult;
  clearTare(): void;
  change(change: ScaleChange): void;
  state(): JsonObject;
}

/** Of the capacity: how far from zero Z works, and below zero where the range ends. */
const ZERO_RANGE_PERCENT = 2n;

/** A pan with the load of `options`. */
export function createPan(options: SimulatorOptions): Pan {
  const { fractionDigits } = parse(options.gross);
  const digits = (text: string): bigint => {
    const decimal = parse(text);
    const shift = fractionDigits - decimal.fractionDigits;
    if (shift >= 0) return decimal.unscaled * 10n ** BigInt(shift);
    // Half up, as the tare is rounded to the readability.
    const divisor = 10n ** BigInt(-shift);
    const half = decimal.unscaled < 0n ? -divisor / 2n : divisor / 2n;
    return (decimal.unscaled + half) / divisor;
  };
  const show = (unscaled: bigint): string => formatDecimal({ unscaled, fractionDigits });
  const capacity = digits(options.capacity);
  const zeroRange = (capacity * ZERO_RANGE_PERCENT) / 100n;

  let gross = digits(options.gross);
  let tare = 0n;
  let stable = options.stable;
  let unit = options.unit;
  let fault: string | null = null;
  let zeroed = 0;
  let tared = 0;

  const range = (): '+' | '-' | null => (gross > capacity ? '+' : gross < -zeroRange ? '-' : null);

  return {
    fault: () => fault,
    stable: () => stable,
    range,
    unit: () => unit,
    net: () => show(gross - tare),
    tare: () => show(tare),
    zero(waitForRest) {
      if (waitForRest && !stable) return 'I';
      if (gross > zeroRange) return '+';
      if (gross < -zeroRange) return '-';
      gross = 0n;
      tare = 0n;
      zeroed += 1;
      return 'done';
    },
    takeTare(waitForRest) {
      if (waitForRest && !stable) return 'I';
      const outside = gross < 0n ? '-' : range();
      if (outside !== null) return outside;
      tare = gross;
      tared += 1;
      return 'done';
    },
    presetTare(value, itsUnit) {
      if (parseDecimal(value) === null || itsUnit !== unit) return 'L';
      const wanted = digits(value);
      if (wanted < 0n || wanted > capacity) return 'L';
      tare = wanted;
      tared += 1;
      return 'done';
    },
    clearTare() {
      tare = 0n;
    },
    change(change) {
      if (change.gross !== undefined) gross = digits(change.gross);
      if (change.tare !== undefined) tare = digits(change.tare);
      stable = change.stable ?? stable;
      unit = change.unit ?? unit;
      if (change.fault !== undefined) fault = change.fault;
    },
    state: () => ({
      gross: show(gross),
      tare: show(tare),
      net: show(gross - tare),
      unit,
      stable,
      capacity: show(capacity),
      fault,
      zeroed,
      tared,
    }),
  };
}

function parse(text: string): Decimal {
  const decimal = parseDecimal(text);
  if (decimal === null) throw new RangeError(`not a decimal: ${text}`);
  return decimal;
}

/**
 * Degrees as decimal text, exactly rounded (half to even) from `ddmm.mmmm`: no float, and so many digits that no two
 * values of the receiver become one. Null when it is no angle up to `maxDegrees`.
 */
export function readAngle(text: string, hemisphere: string, maxDegrees: 90 | 180): string | null {
  const [, degrees = '', minutes = '', fraction = ''] = /^(\d{1,3})(\d{2})(?:\.(\d{0,9}))?$/.exec(text) ?? [];
  const negative = hemisphere === 'S' || hemisphere === 'W';
  const isNamed = maxDegrees === 90 ? /^[NS]$/.test(hemisphere) : /^[EW]$/.test(hemisphere);
  if (degrees === '' || !isNamed || Number(minutes) >= 60) return null;
  // A minute is a sixtieth: three digits more are finer than the receiver tells, by far.
  const digits = fraction.length + 3;
  const scale = 10n ** BigInt(digits);
  const scaledMinutes = BigInt(minutes + fraction) * 1_000n;
  const scaled = BigInt(degrees) * scale + divideHalfEven(scaledMinutes, 60n);
  if (scaled > BigInt(maxDegrees) * scale) return null;
  const whole = (scaled / scale).toString();
  const rest = (scaled % scale).toString().padStart(digits, '0');
  return `${negative && scaled > 0n ? '-' : ''}${whole}.${rest}`;
}

function divideHalfEven(dividend: bigint, divisor: bigint): bigint {
  const quotient = dividend / divisor;
  const twice = (dividend % divisor) * 2n;
  if (twice > divisor || (twice === divisor && quotient % 2n === 1n)) return quotient + 1n;
  return quotient;
}

/** Parses JSON with every number as the text it was sent as, so that no amount goes through a float. Throws a `SyntaxError`. */
export function parseExactJson(text: string): unknown {
  return JSON.parse(text, (_key, value: unknown, context?: { readonly source?: string }) =>
    typeof value === 'number' ? (context?.source ?? String(value)) : value,
  );
}

const numberForm = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,3}))?$/;
/** Beyond this an exponent is no amount. */
const EXPONENT_LIMIT = 40;

/** A JSON number's text as plain decimal text, digit for digit: `1.5e2` is `150`, `36.3900` stays. Null when it is none. */
export function toDecimalText(source: string): string | null {
  const found = numberForm.exec(source);
  if (found === null) return null;
  const [, sign = '', whole = '', fraction = '', exponentText = '0'] = found;
  const exponent = Number(exponentText);
  if (Math.abs(exponent) > EXPONENT_LIMIT) return null;
  const digits = whole + fraction;
  const point = whole.length + exponent;
  const padded = point <= 0 ? '0'.repeat(1 - point) + digits : digits.padEnd(point, '0');
  const at = Math.max(1, point);
  const left = padded.slice(0, at).replace(/^0+(?=\d)/, '');
  const right = padded.slice(at);
  const plain = right === '' ? left : `${left}.${right}`;
  return /[1-9]/.test(plain) ? `${sign}${plain}` : plain;
}

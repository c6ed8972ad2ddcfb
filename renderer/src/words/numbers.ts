/** Symbols of UCUM codes, as people write them. */
const units: Readonly<Record<string, string>> = {
  Cel: '°C',
  '[degF]': '°F',
  '[lb_av]': 'lb',
  '[oz_av]': 'oz',
  '%': '%',
  car_m: 'ct',
  '[car_m]': 'ct',
  'kW.h': 'kWh',
  'V.A': 'VA',
  Ohm: 'Ω',
  '[ppm]': 'ppm',
  m3: 'm³',
  'm3/h': 'm³/h',
  deg: '°',
  '1': '',
};

/** A UCUM code as people write it; one that is not known here is shown as it is. */
export function displayUnit(ucum: string): string {
  return units[ucum] ?? ucum;
}

/**
 * Exact decimal text in a person's notation, with the digits the device gave: `12.480` stays `12.480`. Never through a
 * float: `Intl` takes the text itself. Text that is no decimal comes back unchanged.
 */
export function displayDecimal(value: string, locale: string): string {
  const found = /^(-?)\d+(?:\.(\d*))?$/.exec(value);
  if (found === null) return value;
  return formatFor(locale, Math.min(found[2]?.length ?? 0, 100))
    .format(value as Intl.StringNumericLiteral)
    .replace('-', '−');
}

const formats = new Map<string, Intl.NumberFormat>();

/** Making a format takes far longer than using it, and values come by the hundred. */
function formatFor(locale: string, digits: number): Intl.NumberFormat {
  const key = `${locale}/${digits}`;
  const known = formats.get(key);
  if (known !== undefined) return known;
  const made = new Intl.NumberFormat(locale, {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
    useGrouping: false,
  });
  formats.set(key, made);
  return made;
}

/** Bytes as people read them: `4.2 MB`. */
export function displayBytes(bytes: number, locale: string): string {
  const [unit, size] = bytes >= 1e6 ? (['megabyte', 1e6] as const) : (['kilobyte', 1e3] as const);
  return new Intl.NumberFormat(locale, { style: 'unit', unit, maximumFractionDigits: 1 }).format(bytes / size);
}

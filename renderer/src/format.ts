const units: Readonly<Record<string, string>> = {
  Cel: '°C',
  '[lb_av]': 'lb',
  '[oz_av]': 'oz',
  '%': '%',
  car_m: 'ct',
  '[car_m]': 'ct',
};

/** A UCUM code as people write it. */
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
  const digits = found[2]?.length ?? 0;
  const format = new Intl.NumberFormat(locale, {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
    useGrouping: false,
  });
  return format.format(value as Intl.StringNumericLiteral).replace('-', '−');
}

/** How long ago, in words: `2 s ago`, `3 min ago`, `5 h ago`, `2 days ago`. Never negative. */
export function displayAge(at: string, nowMs: number): string {
  const seconds = Math.max(0, Math.round((nowMs - Date.parse(at)) / 1000));
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`;
  return `${Math.floor(seconds / 86_400)} days ago`;
}

/** Whole seconds until then; 0 once it is over. */
export function secondsLeft(until: string, nowMs: number): number {
  return Math.max(0, Math.ceil((Date.parse(until) - nowMs) / 1000));
}

/** Seconds as a countdown shows them: `1:42`. */
export function displayCountdown(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** Whether a value is older than three of its intervals (and at least ten seconds), and so has to look old. */
export function isStale(at: string, expectedIntervalMs: number | null, nowMs: number): boolean {
  if (expectedIntervalMs === null) return false;
  return nowMs - Date.parse(at) > Math.max(10_000, 3 * expectedIntervalMs);
}

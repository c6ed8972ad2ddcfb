/** What a HID interface is to us, by its top-level usages (HID Usage Tables 1.5). */
export type HidRole =
  /** Weighs, scans, switches, feeds: what drivers are for. */
  | 'device'
  /** A maker's own use: a relay board, or the settings of a keyboard. */
  | 'vendor'
  /** What a person types or points with. */
  | 'input'
  /** Everything else: sound controls, security keys, lamps. */
  | 'other';

/** Power, batteries, bar codes, weighing, magnetic stripes, displays of characters. */
const devicePages = new Set(['0084', '0085', '008c', '008d', '008e', '0014']);
/** Generic desktop, keyboard, digitizers. */
const inputPages = new Set(['0001', '0007', '000d']);
const firstVendorPage = 0xff00;
/** FIDO security keys: nobody but the browser has business there. */
const fidoPage = 0xf1d0;

/** The role of an interface with these usages (`008d:0020`). One that types as well as weighs is what it weighs. */
export function hidRole(usages: readonly string[]): HidRole {
  const pages = usages.map((usage) => usage.slice(0, 4));
  if (pages.some((page) => devicePages.has(page))) return 'device';
  if (pages.some((page) => inputPages.has(page))) return 'input';
  const isVendor = (page: string) => Number.parseInt(page, 16) >= firstVendorPage;
  return pages.some((page) => isVendor(page) && Number.parseInt(page, 16) !== fidoPage) ? 'vendor' : 'other';
}

/** Whether it is a keyboard (generic desktop, keyboard or keypad). */
export function isKeyboard(usages: readonly string[]): boolean {
  return hidRole(usages) === 'input' && usages.some((usage) => usage === '0001:0006' || usage === '0001:0007');
}

/**
 * Which of the interfaces of one unit are shown: devices always; a maker's own use where nobody types or points with the
 * unit; keyboards only where they are known to be scanners.
 */
export function shownInterfaces<T extends { readonly usages: readonly string[] }>(
  unit: readonly T[],
  isScanner: (one: T) => boolean,
): readonly T[] {
  const hasInput = unit.some(({ usages }) => hidRole(usages) === 'input');
  return unit.filter((one) => {
    const role = hidRole(one.usages);
    return role === 'device' || (role === 'vendor' && !hasInput) || (isKeyboard(one.usages) && isScanner(one));
  });
}

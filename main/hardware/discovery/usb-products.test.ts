import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { drivers } from '../../../drivers/index.ts';
import { recognise } from './recognition.ts';
import { emptyDescriptor } from './seen-port.ts';

/** Real products of every bus, with what should and what must not be said of each (fixtures/usb-products.csv). */
const products = parseCsv(readFileSync(new URL('./fixtures/usb-products.csv', import.meta.url), 'utf8'));
/** Right listing, other dialect or link than its driver speaks: better unknown than claimed and failing in use. */
const notSpoken = new Set(
  ['0403:6001', '0403:fa10', '0519:2018', '1209:1002', '5050:0900', '5050:0a00', '5050:0e00'].map(
    (id) => `${id} cn-lock-relay`,
  ),
);
const shipped = new Set<string>(drivers.map(({ id }) => id));
const list = (text: string | undefined) => (text ?? '').split(';').filter((part) => part !== '');
const named = (product: Product) => `${product['vid']}:${product['pid']} ${product['bus']} ${product['family']}`;
/** What a HID interface of such a product has for its usage: its class, else a keyboard's or its maker's own. */
const usagesOf = (product: Product): readonly string[] => {
  if (product['bus'] !== 'hid') return [];
  const byListing: Readonly<Record<string, string>> = {
    'cn-scale-hid': '008d:0020',
    'cn-scanner-hid': '008c:0002',
    'cn-ups-hid': '0084:0004',
  };
  const types = /keyboard|wedge/i.test(`${product['family']} ${product['quirk']}`);
  return [byListing[product['expect_listing'] ?? ''] ?? (types ? '0001:0006' : 'ff00:0001')];
};
const see = (product: Product) =>
  recognise(
    {
      ...emptyDescriptor,
      vendor_id: product['vid'] ?? null,
      product_id: product['pid'] ?? null,
      manufacturer: product['manufacturer'] || null,
      product: product['product'] || null,
      serial_number: product['serial_example'] || null,
      usages: usagesOf(product),
    },
    drivers,
    linkOf(product),
  );
/** Printers that are met on USB are met as printer class interfaces. */
const linkOf = (product: Product) => {
  if (product['bus'] === 'hid') return 'hid';
  return product['bus'] === 'usb' && product['kind']?.startsWith('printer-') === true ? 'usb_printer' : 'serial';
};
const isSeen = (product: Product) => product['bus'] === linkOf(product) || linkOf(product) === 'usb_printer';
const expectation = ({ vid, pid, expect_listing: expected = '' }: Product) =>
  notSpoken.has(`${vid}:${pid} ${expected}`) ? 'unknown' : expected;
const isShipped = (product: Product) => shipped.has(expectation(product));
const held = products.filter((product) => isShipped(product) && isSeen(product));
const onOtherBuses = products.filter((product) => isShipped(product) && !isSeen(product));
const waiting = products.filter((product) => expectation(product) !== 'unknown' && !isShipped(product));

describe('every product of the table', () => {
  it.each(products.map((product) => [named(product), product] as const))('%s', (_name, product) => {
    const seen = see(product);
    const candidates = seen.candidates.map(({ listing }) => listing);
    const expected = expectation(product);
    for (const listing of list(product['expect_not'])) {
      expect(seen.listing).not.toBe(listing);
      expect(candidates).not.toContain(listing);
    }
    // A cable names no listing: then the right one is a candidate.
    if (held.includes(product)) expect([seen.listing, ...candidates]).toContain(expected);
    // Instruments and other vendor classes are not seen: right or unknown.
    else expect([null, shipped.has(expected) ? expected : null]).toContain(seen.listing);
    if (isBareBridge(product)) expect(seen.listing).toBeNull();
    // The other buses are not seen as serial ports, and a chip's table is of those.
    if (product['bus'] !== 'serial') return;
    if (product['bridge_shared'] === 'yes') {
      expect(seen).toMatchObject({ listing: null, certainty: 'unclear', shared_adapter: true });
      expect(seen.reason).toMatch(/^Adapter .*identify to find out what is behind it/);
    } else expect(seen.shared_adapter).toBe(false);
  });

  it(`has ${held.length} rows of shipped listings on serial ports, HID and the printer class, ${onOtherBuses.length} on other buses, and ${waiting.length} of listings not shipped, which are unknown`, () => {
    expect(products).toHaveLength(503);
    expect(waiting.map(see).filter(({ listing }) => listing !== null)).toEqual([]);
  });
});

type Product = Readonly<Record<string, string>>;

/** An id that many products share, and nothing else: it proves nothing. */
function isBareBridge(product: Product): boolean {
  return (
    product['bridge_shared'] === 'yes' && ['manufacturer', 'product', 'interfaces'].every((key) => product[key] === '')
  );
}

/** Quoted where needed, quotes doubled, one line a row (RFC 4180). */
function parseCsv(text: string): readonly Product[] {
  const [head = [], ...rows] = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) =>
      [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
        ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '',
      ),
    );
  return rows.map((cells) => Object.fromEntries(head.map((name, index) => [name, cells[index] ?? ''])));
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { drivers } from '../../../drivers/index.ts';
import type { Descriptor } from '../device.ts';
import { recognise } from './recognition.ts';
import { emptyDescriptor, textOrNull } from './seen-port.ts';

const products = z
  .array(
    z.object({
      vid: z.string(),
      pid: z.string(),
      manufacturer: z.string(),
      product: z.string(),
      serial_example: z.string(),
      expect_listing: z.string(),
      expect_not: z.string(),
      bridge_shared: z.string(),
    }),
  )
  .parse(JSON.parse(readFileSync(join(import.meta.dirname, 'fixtures', 'serial-products.json'), 'utf8')));

const descriptorOf = (row: (typeof products)[number]): Descriptor => ({
  ...emptyDescriptor,
  vendor_id: textOrNull(row.vid),
  product_id: textOrNull(row.pid),
  manufacturer: textOrNull(row.manufacturer),
  product: textOrNull(row.product),
  serial_number: textOrNull(row.serial_example),
});

describe('recognition of real serial products', () => {
  it('is tried on enough of them to mean something', () => {
    expect(products.length).toBeGreaterThan(200);
  });

  it('never claims a listing that would fail in use', () => {
    const wrong = products.filter((row) =>
      row.expect_not.split(';').includes(recognise(descriptorOf(row), drivers).listing ?? '-'),
    );
    expect(wrong.map((row) => `${row.vid}:${row.pid} ${row.product}`)).toEqual([]);
  });

  it('leaves what is to stay unknown unknown', () => {
    const wrong = products.filter(
      (row) => row.expect_listing === 'unknown' && recognise(descriptorOf(row), drivers).listing !== null,
    );
    expect(wrong.map((row) => `${row.vid}:${row.pid} ${row.product}`)).toEqual([]);
  });

  it('proposes Modbus for RS-485 adapters, and never as more than unclear', () => {
    const adapters = products.filter((row) => row.expect_listing === 'cn-modbus');
    expect(adapters.length).toBeGreaterThan(10);
    for (const row of adapters)
      expect(recognise(descriptorOf(row), drivers)).toMatchObject({ listing: 'cn-modbus', certainty: 'unclear' });
  });
});

describe('recognition', () => {
  it('says of a bare bridge chip that it is an adapter, to be identified', () => {
    const seen = recognise(
      { ...emptyDescriptor, vendor_id: '0403', product_id: '6001', product: 'FT232R USB UART' },
      drivers,
    );
    expect(seen).toMatchObject({ listing: null, certainty: 'unclear', shared_adapter: true, candidates: [] });
    expect(seen.reason).toContain('FTDI FT232R');
  });

  it('takes a declared descriptor for what it declares, with its reason', () => {
    const seen = recognise(
      { ...emptyDescriptor, manufacturer: 'Mettler-Toledo', product: 'MS32001L balance (MT-SICS)' },
      drivers,
    );
    expect(seen).toMatchObject({ listing: 'cn-scale-sics', certainty: 'likely', shared_adapter: false });
    expect(seen.reason).toContain('MS32001L');
  });
});

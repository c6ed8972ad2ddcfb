import { expect, it } from 'vitest';
import { keyboardObstacle } from './keyboard-scanner.ts';
import { type ListedHid, normaliseListedHid } from './listed-hid.ts';

/** As node-hid lists them: a row a collection on Windows, a row a usage on macOS. */
const row = (more: Partial<ListedHid>): ListedHid => ({
  vendorId: 0x0922,
  productId: 0x8003,
  path: '\\\\?\\HID#VID_0922&PID_8003#7&764C891&0&0000#{4d1e55b2-f16f-11cf-88cb-001111000030}',
  serialNumber: '',
  manufacturer: 'DYMO',
  product: 'DYMO M10 10 lb Digital Postal Scale',
  interface: -1,
  usagePage: 0x8d,
  usage: 0x20,
  ...more,
});

it('reads a row of Windows: the instance stands for the place', () => {
  expect(normaliseListedHid('win32', [row({})])).toMatchObject([
    {
      bus: 'hid',
      parent: null,
      descriptor: {
        vendor_id: '0922',
        product_id: '8003',
        serial_number: null,
        interface: null,
        topology: 'usb-7&764c891&0&0000',
        usages: ['008d:0020'],
      },
    },
  ]);
});

it('reads the collections of one interface of Windows as what they are: openable by themselves', () => {
  const path = (column: string) => `\\\\?\\HID#VID_0C2E&PID_0B6A&MI_00&${column}#8&1&0&0000#{4d1e55b2}`;
  const listed = normaliseListedHid('win32', [
    row({ path: path('Col01'), usagePage: 0x8c, usage: 2 }),
    row({ path: path('Col02'), usagePage: 0xff66, usage: 1 }),
  ]);
  expect(listed.map(({ descriptor }) => descriptor.usages)).toEqual([['008c:0002'], ['ff66:0001']]);
});

it('joins the rows that macOS gives for one interface, and leaves keyboards out', () => {
  const listed = normaliseListedHid('darwin', [
    row({ path: 'DevSrvsID:4294969581', serialNumber: 'A1', interface: 0 }),
    row({ path: 'DevSrvsID:4294969581', serialNumber: 'A1', interface: 0, usagePage: 0xff00, usage: 1 }),
    row({
      path: 'DevSrvsID:4294969000',
      vendorId: 0x05ac,
      productId: 0x0250,
      product: 'Apple Keyboard',
      usagePage: 1,
      usage: 6,
    }),
    row({
      path: 'DevSrvsID:4294969000',
      vendorId: 0x05ac,
      productId: 0x0250,
      product: 'Apple Keyboard',
      usagePage: 0xff00,
      usage: 6,
    }),
  ]);
  expect(listed).toMatchObject([
    {
      path: 'DevSrvsID:4294969581',
      parent: 'unit:0922:8003:A1',
      descriptor: { interface: '00', usages: ['008d:0020', 'ff00:0001'], topology: null },
    },
  ]);
});

it('says of a scanner that types how it is switched', () => {
  const listed = normaliseListedHid('win32', [
    row({ vendorId: 0x05f9, productId: 0x2206, product: 'Gryphon', usagePage: 1, usage: 6 }),
  ]);
  expect(listed.map(({ descriptor }) => keyboardObstacle(descriptor))).toMatchObject([
    { reason: 'unsupported_setting', hint: expect.stringContaining('USB-COM') },
  ]);
});

it('passes over rows without a path', () => {
  expect(normaliseListedHid('win32', [row({ path: undefined }), row({ path: '' })])).toEqual([]);
});

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { addressOf, networkKinds, partsOf } from './network-address.ts';

it('takes apart what people paste, and leaves a bare host alone', () => {
  expect(partsOf('tcp://printer.local:9100')).toEqual({ kind: 'tcp', host: 'printer.local', port: '9100' });
  expect(partsOf('RFC2217://10.0.0.7:4001/')).toEqual({ kind: 'rfc2217', host: '10.0.0.7', port: '4001' });
  expect(partsOf('10.0.0.7:502')).toEqual({ kind: 'tcp', host: '10.0.0.7', port: '502' });
  for (const bare of ['10.0.0.7', 'printer', 'fe80::1', '', 'http://x:1', 'a b:1'])
    expect(partsOf(bare), bare).toBeNull();
});

it('makes an address that can be taken apart again', () => {
  const host = fc.oneof(
    fc.ipV4(),
    fc.domain(),
    fc.ipV6().map((address) => `[${address}]`),
  );
  fc.assert(
    fc.property(fc.constantFrom(...networkKinds), host, fc.integer({ min: 1, max: 65_535 }), (kind, name, port) => {
      const parts = { kind, host: name, port: String(port) };
      expect(partsOf(addressOf(parts))).toEqual(parts);
    }),
  );
  expect(addressOf({ kind: 'tcp', host: ' fe80::1 ', port: '' })).toBe('tcp://[fe80::1]');
  expect(addressOf({ kind: 'tcp', host: '10.0.0.7', port: ' ' })).toBe('tcp://10.0.0.7');
});

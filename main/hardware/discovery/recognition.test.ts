import { describe, expect, it } from 'vitest';
import { drivers } from '../../../drivers/index.ts';
import type { Driver, Fingerprint } from '../../../drivers/kit/index.ts';
import { sharedBridges } from './bridges.table.ts';
import { recognise, recognisedByAnswer } from './recognition.ts';
import { emptyDescriptor } from './seen-port.ts';

const [template] = drivers;
if (template === undefined) throw new Error('no drivers');

const driverWith = (id: Driver['id'], ...marks: readonly Partial<Fingerprint>[]): Driver => ({
  ...template,
  id,
  fingerprints: marks.map((mark) => ({ label: id, sample: '', strength: 'product', ...mark })),
});

describe('weighing marks', () => {
  const ftdi = { ...emptyDescriptor, vendor_id: '0403', product_id: '6001' };

  it('lets only strings stand for a product on a shared chip', () => {
    const byId = driverWith('cn-by-id', { vendorId: '0403', productId: '6001' });
    expect(recognise(ftdi, [byId])).toMatchObject({
      listing: null,
      shared_adapter: true,
      candidates: [{ listing: 'cn-by-id' }],
    });
    const byName = driverWith('cn-by-name', { vendorId: '0403', productId: '6001', product: /relay/i });
    expect(recognise({ ...ftdi, product: 'DLP Relay' }, [byId, byName])).toMatchObject({
      listing: 'cn-by-name',
      certainty: 'certain',
      shared_adapter: false,
    });
  });

  it('is certain with ids, likely with a name alone', () => {
    const device = { ...emptyDescriptor, vendor_id: '1234', product_id: '5678', product: 'Scale' };
    expect(recognise(device, [driverWith('cn-a', { vendorId: '1234', productId: '5678' })]).certainty).toBe('certain');
    expect(recognise(device, [driverWith('cn-a', { product: 'Scale' })]).certainty).toBe('likely');
    expect(recognise(device, [driverWith('cn-a', { product: 'Scales' })]).listing).toBeNull();
  });

  it('leaves two that fit equally open, and prefers the one with more marks', () => {
    const device = { ...emptyDescriptor, manufacturer: 'Maker', product: 'Scale' };
    const one = driverWith('cn-one', { product: /scale/i });
    expect(recognise(device, [one, driverWith('cn-two', { product: 'Scale' })])).toMatchObject({
      listing: null,
      certainty: 'unclear',
    });
    const two = driverWith('cn-two', { product: 'Scale', manufacturer: 'Maker' });
    const seen = recognise(device, [one, two]);
    expect(seen.listing).toBe('cn-two');
    expect(seen.candidates.map((candidate) => candidate.listing)).toEqual(['cn-two', 'cn-one']);
  });

  it('says the same each time, also with a global expression', () => {
    const marked = [driverWith('cn-a', { product: /scale/g })];
    const device = { ...emptyDescriptor, product: 'scale' };
    expect([recognise(device, marked).listing, recognise(device, marked).listing]).toEqual(['cn-a', 'cn-a']);
  });

  it('takes the word of a device that answered', () => {
    expect(recognisedByAnswer(recognise(ftdi, drivers), 'cn-scale-sics', 'MS32001L')).toMatchObject({
      listing: 'cn-scale-sics',
      certainty: 'certain',
      shared_adapter: false,
    });
  });

  it('keeps the table of shared chips in the form it is looked up in', () => {
    for (const key of sharedBridges.keys()) expect(key).toMatch(/^[0-9a-f]{4}:[0-9a-f]{4}$/);
  });
});

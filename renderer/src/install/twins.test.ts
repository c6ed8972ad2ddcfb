import { describe, expect, it } from 'vitest';
import type { Device } from '../live/wire.ts';
import { twinsOf } from './twins.ts';

const device = (id: string, changes: Partial<Device> = {}): Device => ({
  id,
  object: 'device',
  parent: null,
  bus: 'serial',
  path: `/dev/${id}`,
  unit: null,
  present: true,
  simulated: false,
  declared: false,
  added: false,
  descriptor: {
    vendor_id: '1a86',
    product_id: '7523',
    manufacturer: 'QinHeng',
    product: 'USB Serial',
    serial_number: null,
    interface: null,
    topology: id,
    usages: [],
    ieee1284_id: null,
  },
  identity: { confidence: 'port', explanation: '', protocol_serial: null, needs_confirmation: false },
  recognition: { listing: null, certainty: 'unclear', reason: '', candidates: [], shared_adapter: true },
  found: null,
  owner: null,
  problem: null,
  first_seen_at: '2026-01-01T00:00:00Z',
  last_seen_at: '2026-01-01T00:00:00Z',
  ...changes,
});

describe('twins', () => {
  const one = device('one');
  const other = device('other');
  it('look the same and have no serial number to tell them by', () => {
    expect(twinsOf(one, [one, other])).toEqual([other]);
  });

  it('are none once the serial number of a plug tells them apart', () => {
    const known = device('known', {
      descriptor: { ...one.descriptor, serial_number: 'A1' },
      identity: { ...one.identity, confidence: 'serial' },
    });
    expect(twinsOf(one, [one, known])).toEqual([]);
    expect(twinsOf(known, [one, known])).toEqual([]);
  });

  it('still look the same when one of them has answered with its number', () => {
    const known = device('known', { identity: { ...one.identity, confidence: 'protocol_serial' } });
    expect(twinsOf(one, [one, known])).toEqual([known]);
  });

  it('are none of another product, or where nothing is known of either', () => {
    expect(twinsOf(one, [device('x', { descriptor: { ...one.descriptor, product_id: '5523' } })])).toEqual([]);
    const bare = { ...one.descriptor, vendor_id: null };
    expect(twinsOf(device('a', { descriptor: bare }), [device('b', { descriptor: bare })])).toEqual([]);
  });
});

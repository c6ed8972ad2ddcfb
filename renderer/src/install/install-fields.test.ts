import { describe, expect, it } from 'vitest';
import type { Listing } from '../live/wire.ts';
import { configOf, formOf } from './install-fields.ts';

const listing = (properties: object, required: readonly string[]): Listing => ({
  id: 'cn-modbus',
  object: 'listing',
  title: 'Modbus RTU device',
  summary: '',
  category: 'modbus',
  version: '1.0.0',
  kind: 'hardware',
  price: null,
  status: 'live',
  auth: { type: 'none' },
  models: [],
  manuals: [],
  capabilities: [],
  config_schema: { type: 'object', properties, required } as Listing['config_schema'],
  bus: true,
  links: ['serial'],
});

const modbus = listing(
  {
    device: { type: 'string' },
    baud_rate: { type: 'integer', minimum: 50, maximum: 4_000_000, default: 9600, description: 'Speed in baud' },
    data_bits: { type: 'number', enum: [7, 8], default: 8 },
    adapter_echoes: { type: 'boolean', default: false },
    channels: { type: 'array', items: { type: 'integer' } },
    unit: { type: 'integer', minimum: 1, maximum: 247, description: 'Address on the bus' },
    map: { type: 'string', enum: ['waveshare-relay-8', 'xy-md02'], description: 'Register map of the model' },
  },
  ['device', 'unit', 'map'],
);

describe('the settings asked for at an installation', () => {
  it('are those of the listing, what must be given first, without the device', () => {
    const fields = formOf(modbus, { unit: false }).fields;
    expect(fields.map(({ key, required }) => [key, required])).toEqual([
      ['unit', true],
      ['map', true],
      ['baud_rate', false],
      ['data_bits', false],
      ['adapter_echoes', false],
      ['channels', false],
    ]);
    expect(fields[1]?.input).toEqual({ type: 'choice', options: ['waveshare-relay-8', 'xy-md02'] });
    expect(fields[2]).toMatchObject({ initial: '9600', description: 'Speed in baud' });
  });

  it('leave the address out for a device on a bus, which has one', () => {
    expect(formOf(modbus, { unit: true }).fields.map(({ key }) => key)).not.toContain('unit');
  });

  it('of which a form can hold no nested list are named, so that they are set elsewhere', () => {
    const locks = listing({ interlock: { type: 'array', items: { type: 'array', items: { type: 'integer' } } } }, []);
    expect(formOf(locks, { unit: false })).toEqual({ fields: [], beyond: ['interlock'] });
  });

  it('become a list of numbers from numbers with commas between', () => {
    const { fields } = formOf(modbus, { unit: true });
    expect(configOf(fields, { channels: '1, 3,4 ,' })).toEqual({ channels: [1, 3, 4] });
  });

  it('become a configuration of the right types that holds only what was changed', () => {
    const fields = formOf(modbus, { unit: false }).fields;
    const given = { unit: '2', map: 'xy-md02', baud_rate: '9600', data_bits: '7', adapter_echoes: 'true' };
    expect(configOf(fields, given)).toEqual({ unit: 2, map: 'xy-md02', data_bits: 7, adapter_echoes: true });
    expect(configOf(fields, {})).toEqual({});
  });
});

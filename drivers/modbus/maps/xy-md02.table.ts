import { type RegisterMap, registerMapSchema } from '../register-map.ts';

/** XY-MD02 and look-alikes with an SHT20 or SHT40 inside. Manual: register list, function 04, `01 04 00 01 00 02`. */
export const xyMd02: RegisterMap = registerMapSchema.parse({
  id: 'xy-md02',
  title: 'Temperature and humidity sensor XY-MD02',
  manufacturer: null,
  models: ['XY-MD02 (SHT20)', 'XY-MD02 (SHT40)'],
  manual: 'XY-MD02 temperature and humidity transmitter, user manual: Modbus register table',
  sensors: [
    {
      name: 'temperature',
      title: 'Air temperature',
      table: 'input',
      address: 1,
      type: 's16',
      scale: '0.1',
      unit: 'Cel',
      bounds: { min: '-40', max: '60' },
    },
    {
      name: 'humidity',
      title: 'Relative humidity',
      table: 'input',
      address: 2,
      type: 'u16',
      scale: '0.1',
      unit: '%',
      bounds: { min: '0', max: '100' },
    },
  ],
  relays: null,
  identity: [
    { name: 'unit_address', title: 'Unit address', table: 'holding', address: 0x0101, type: 'u16', unit: '1' },
    { name: 'baud_setting', title: 'Speed setting', table: 'holding', address: 0x0102, type: 'u16', unit: '1' },
  ],
  expected_interval_ms: 5_000,
});

import { type RegisterMap, registerMapSchema } from '../register-map.ts';

/** Waveshare Modbus RTU Relay, 8 channels, version 2 (since September 2021). Manual: Modbus RTU Relay, command list. */
export const waveshareRelay8: RegisterMap = registerMapSchema.parse({
  id: 'waveshare-relay-8',
  title: 'Relay board Waveshare Modbus RTU Relay (8 channels)',
  manufacturer: 'Waveshare',
  models: ['Modbus RTU Relay'],
  manual: 'Waveshare, Modbus RTU Relay: Modbus command list (version 2)',
  sensors: [],
  relays: { first_coil: 0, count: 8, access: 'read_write' },
  identity: [
    {
      name: 'firmware_version',
      title: 'Firmware version',
      table: 'holding',
      address: 0x8000,
      type: 'u16',
      scale: '0.01',
      unit: '1',
    },
  ],
  expected_interval_ms: 5_000,
});

import type { Load } from './load.ts';

/** A scanner that sends by itself; nothing is asked of it. */
export const pushes: Load = {
  name: 'pushes',
  connector: 'scanner',
  device: {
    name: 'scanner',
    listing: 'cn-scanner-serial',
    simulator: {},
    declared: { manufacturer: 'Bench', product: 'serial scanner', serial_number: 'BENCH-SCANNER-1' },
    units: [],
    rules: [{ name: 'scanner', config: {} }],
  },
  asks: () => [],
  readings: [],
  received: () => [],
  shows: () => false,
};

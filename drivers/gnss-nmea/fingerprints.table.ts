import type { Fingerprint } from '../kit/index.ts';

/**
 * Receivers, and gateways that pass their sentences on, with ids of their own. Most receivers hang on a common bridge chip
 * and can't be told from anything else until one listens to them.
 */
const products = [
  ['0403:d9a9', 'Actisense USG-1 NMEA gateway'],
  ['0403:fd48', 'ShipModul MiniPlex-4xUSB NMEA multiplexer'],
  ['0403:fd49', 'ShipModul MiniPlex-4xUSB-AIS NMEA multiplexer'],
  ['0413:2101', 'Leadtek GPS 9531'],
  ['10c4:826b', 'Fastrax GPS demonstration module'],
  ['10c4:8411', 'Kyocera GPS module'],
  ['1163:0200', 'DeLorme LT-20 or LT-40'],
  ['1546:01a4', 'u-blox Antaris 4'],
  ['1546:01a5', 'u-blox 5'],
  ['1546:01a6', 'u-blox 6'],
  ['1546:01a7', 'u-blox 7'],
  ['1546:01a8', 'u-blox 8 or M8'],
  ['1546:01a9', 'u-blox 9 or F9'],
  ['19cf:3000', 'Parrot NMEA GPS flight recorder'],
  ['1d50:60c7', 'Zubax GNSS'],
] as const;

export const fingerprints: readonly Fingerprint[] = products.map(([id, label]): Fingerprint => {
  const [vendorId = '', productId = ''] = id.split(':');
  return { label, sample: id, vendorId, productId, strength: 'product', on: 'serial' };
});

/** Usages of weighing devices, page 0x8D (HID Usage Tables 1.5 section 33; HID Point of Sale Usage Tables 1.02, section 4). */
export const usages = {
  weight: 0x008d_0040,
  scaling: 0x008d_0041,
  unit: 0x008d_0050,
  lastUnit: 0x008d_005c,
  status: 0x008d_0070,
  lastStatus: 0x008d_0078,
} as const;

/** What a scale says of its state. */
export type ScaleStatus =
  | 'fault'
  | 'zero'
  | 'in_motion'
  | 'stable'
  | 'below_zero'
  | 'over_limit'
  | 'needs_calibration'
  | 'needs_rezero';

/** Status codes: the low half of usages 71 to 78. */
export const statuses: ReadonlyMap<number, ScaleStatus> = new Map([
  [1, 'fault'],
  [2, 'zero'],
  [3, 'in_motion'],
  [4, 'stable'],
  [5, 'below_zero'],
  [6, 'over_limit'],
  [7, 'needs_calibration'],
  [8, 'needs_rezero'],
]);

/** Unit codes, the low half of usages 51 to 5C: UCUM's code and what people call it. Of taels and tons the tables do not say which. */
export const units: ReadonlyMap<number, { readonly ucum: string; readonly name: string }> = new Map([
  [0x1, { ucum: 'mg', name: 'mg' }],
  [0x2, { ucum: 'g', name: 'g' }],
  [0x3, { ucum: 'kg', name: 'kg' }],
  [0x4, { ucum: '[car_m]', name: 'ct' }],
  [0x5, { ucum: '{tael}', name: 'tael' }],
  [0x6, { ucum: '[gr]', name: 'gr' }],
  [0x7, { ucum: '[pwt_tr]', name: 'dwt' }],
  [0x8, { ucum: 't', name: 't' }],
  [0x9, { ucum: '{ton_av}', name: 'ton' }],
  [0xa, { ucum: '[oz_tr]', name: 'ozt' }],
  [0xb, { ucum: '[oz_av]', name: 'oz' }],
  [0xc, { ucum: '[lb_av]', name: 'lb' }],
]);

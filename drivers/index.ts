import { gnssNmea } from './gnss-nmea/index.ts';
import type { Driver, Source } from './kit/index.ts';
import { lockRelay } from './lock-relay/index.ts';
import { modbus } from './modbus/index.ts';
import { printerEscpos } from './printer-escpos/index.ts';
import { saasMagento } from './saas-magento/index.ts';
import { scaleHid } from './scale-hid/index.ts';
import { scaleSics } from './scale-sics/index.ts';
import { scannerHid } from './scanner-hid/index.ts';
import { scannerSerial } from './scanner-serial/index.ts';

export { earlyAccessListings } from './early-access.table.ts';

/** Every driver family, by id. A new folder is added here and in `simulators.ts`; a test compares both with the folders. */
export const drivers: readonly Driver[] = [
  gnssNmea,
  lockRelay,
  modbus,
  printerEscpos,
  scaleHid,
  scaleSics,
  scannerHid,
  scannerSerial,
];

/** Every software source, by id. Their folders are `saas-*`; their simulators are HTTP servers of their own. */
export const sources: readonly Source[] = [saasMagento];

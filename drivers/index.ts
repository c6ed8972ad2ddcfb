import type { Driver } from './kit/index.ts';
import { modbus } from './modbus/index.ts';
import { scaleSics } from './scale-sics/index.ts';

/** Every driver family, by id. A new folder is added here and in `simulators.ts`; a test compares both with the folders. */
export const drivers: readonly Driver[] = [modbus, scaleSics];

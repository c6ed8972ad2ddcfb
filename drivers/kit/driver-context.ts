import type { DriverContext } from './driver.ts';

/** What a driver is told where there is no device yet: no link, no line, no bus. */
export const noDevice: DriverContext = { link: null, settings: null, options: {}, unit: null, reportDescriptor: null };

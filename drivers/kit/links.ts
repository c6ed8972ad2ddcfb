import type { Driver } from './driver.ts';

/** What a device hangs on. */
export type LinkType = 'serial' | 'tcp';

/** The links that a driver's devices can be reached over. */
export function linksOf({ tcp }: Pick<Driver, 'tcp'>): readonly LinkType[] {
  return tcp === undefined ? ['serial'] : ['serial', 'tcp'];
}

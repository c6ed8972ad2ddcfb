import type { Load } from './load.ts';
import { locks } from './locks.ts';
import { receipts } from './receipts.ts';
import { relays } from './relays.ts';
import { scale } from './scale.ts';

/** Everything that is asked while agents are killed. A new kind is a file beside these and a line here. */
export const loads: readonly Load[] = [locks, receipts, relays, scale];

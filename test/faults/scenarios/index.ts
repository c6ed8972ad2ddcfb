import { failingDisk } from './failing-disk.ts';
import { fullDisk } from './full-disk.ts';
import { readOnlyDisk } from './read-only-disk.ts';
import type { Scenario } from './scenario.ts';
import { slowDisk } from './slow-disk.ts';

/** Every fault but the kill. */
export const scenarios: readonly Scenario[] = [slowDisk, fullDisk, failingDisk, readOnlyDisk];

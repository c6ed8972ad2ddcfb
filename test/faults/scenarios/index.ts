import { badLines } from './bad-lines.ts';
import { badNetwork } from './bad-network.ts';
import { clockJumps } from './clock-jumps.ts';
import { damagedDatabases } from './damaged-databases.ts';
import { failingDisk } from './failing-disk.ts';
import { fullDisk } from './full-disk.ts';
import { hubClock } from './hub-clock.ts';
import { keychainGone } from './keychain-gone.ts';
import { readOnlyDisk } from './read-only-disk.ts';
import type { Scenario } from './scenario.ts';
import { slowDisk } from './slow-disk.ts';
import { stuckPort } from './stuck-port.ts';
import { writerKilled } from './writer-killed.ts';

/** Every fault but the kill. */
export const scenarios: readonly Scenario[] = [
  slowDisk,
  fullDisk,
  failingDisk,
  readOnlyDisk,
  clockJumps,
  damagedDatabases,
  keychainGone,
  writerKilled,
  stuckPort,
  badNetwork,
  badLines,
  hubClock,
];

import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const libraries = ['x86_64-linux-gnu', 'aarch64-linux-gnu'].map(
  (machine) => `/usr/lib/${machine}/faketime/libfaketimeMT.so.1`,
);

/** Why the clock can't be set for one process alone, or null. */
export function noFakeClock(): string | null {
  return libraries.some((path) => existsSync(path))
    ? null
    : 'libfaketime is not installed (apt-get install libfaketime)';
}

/** A wall clock for one process, which can be set while it runs. */
export interface FakeClock {
  /** What the process is started with. */
  readonly environment: Readonly<Record<string, string>>;
  /** Sets the clock off the machine's own by so many milliseconds, from now on. */
  set(offMs: number): void;
  /** Milliseconds since 1970 as the process sees them. */
  now(): number;
}

/** A clock that goes right at first; `folder` holds its setting. The monotonic clock stays true. */
export function createFakeClock(folder: string): FakeClock {
  const file = join(folder, 'clock');
  let offMs = 0;
  const set = (next: number) => {
    offMs = next;
    // Read by the other process at any moment: whole or not at all.
    writeFileSync(`${file}.next`, `${next < 0 ? '-' : '+'}${Math.abs(next) / 1_000}\n`);
    renameSync(`${file}.next`, file);
  };
  set(0);
  return {
    environment: {
      LD_PRELOAD: libraries.find((path) => existsSync(path)) ?? '',
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      DONT_FAKE_MONOTONIC: '1',
    },
    set,
    now: () => Date.now() + offMs,
  };
}

import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const shared = {
  pool: 'forks' as const,
  // From source each thread strips types by a WebAssembly module of its own, and V8 (13.6, nodejs/node#64500) may abort
  // where one thread replaces its import wrappers while another ends: they are never replaced here. Built, no thread has one.
  execArgv: ['--wasm-wrapper-tiering-budget=1000000000'] as string[],
  testTimeout: 30_000,
  hookTimeout: 60_000,
  exclude: ['**/node_modules/**', 'dist/**'] as string[],
} as const;

/** Files go by size where no run has told yet how long they take; the longest of them is short, and would begin last. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLongest = ({ moduleId }: TestSpecification) => moduleId.endsWith('/test/kernel/power-cut.test.ts');
    return [...sorted.filter(isLongest), ...sorted.filter((file) => !isLongest(file))];
  }
}

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          ...shared,
          name: 'unit',
          include: [
            'drivers/**/*.test.ts',
            'hub/**/*.test.ts',
            'main/**/*.test.ts',
            'renderer/**/*.test.{ts,tsx}',
            'setup/**/*.test.ts',
            'test/house/**/*.test.ts',
            'test/faults/*/*.test.ts',
          ],
        },
      },
      {
        // Whole agents, PTYs and a browser: one file at a time, so that what they measure is theirs.
        test: {
          ...shared,
          name: 'whole',
          include: ['test/whole/**/*.test.ts', 'test/faults/*.test.ts'],
          fileParallelism: false,
          testTimeout: 120_000,
        },
      },
      {
        // Packages as people install them, one machine a file.
        test: {
          ...shared,
          name: 'packages',
          include: ['test/packages/**/*.test.ts', 'packaging/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 400_000,
          hookTimeout: 400_000,
        },
      },
      {
        // The shell on the stand-in for Electron, and on the true binary where it is: windows, agents and a browser each.
        test: {
          ...shared,
          name: 'electron',
          include: ['test/electron/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 240_000,
        },
      },
      {
        // One guest a file. Its processor is software and takes one of the machine's; its memory is a gigabyte.
        test: {
          ...shared,
          name: 'kernel',
          include: ['test/kernel/**/*.test.ts'],
          globalSetup: 'test/kernel/bench/prepare.ts',
          maxWorkers: Math.min(availableParallelism(), 4),
          testTimeout: 120_000,
          hookTimeout: 360_000,
        },
      },
    ],
  },
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** An empty folder, 0700, that goes with the test. */
export function scratchFolder(): string {
  const path = mkdtempSync(join(tmpdir(), 'fibric-store-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

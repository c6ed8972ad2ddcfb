import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { findPortHolder } from '../discovery/index.ts';
import { tellWhoElse } from './shared-interface.ts';

it.skipIf(process.platform !== 'linux')(
  'says which other program has the interface open, and nothing when none has',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'shared-'));
    const path = join(folder, 'hidraw0');
    writeFileSync(path, '');
    const said: string[] = [];
    const log = (line: string) => void said.push(line);
    await tellWhoElse(path, { findPortHolder }, log);
    expect(said).toEqual([]);

    const other = spawn('sleep', ['60'], { stdio: [openSync(path, 'r'), 'ignore', 'ignore'] });
    try {
      await once(other, 'spawn');
      await tellWhoElse(path, { findPortHolder }, log);
      expect(said).toEqual([expect.stringContaining(`sleep (process ${other.pid}) has ${path} open too`)]);
      await tellWhoElse(path, { findPortHolder: () => Promise.reject(new Error('no /proc')) }, log);
      expect(said).toHaveLength(1);
    } finally {
      other.kill();
      rmSync(folder, { recursive: true, force: true });
    }
  },
);

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, existsSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, it, onTestFinished } from 'vitest';
import { acquireDataFolder } from './lock.ts';
import { scratchFolder } from './testing/scratch-folder.ts';

/** Another process that takes the folder and holds it until it is killed. */
async function holdElsewhere(dataDir: string) {
  const script = `
    const { acquireDataFolder } = await import(${JSON.stringify(new URL('./lock.ts', import.meta.url).href)});
    const held = await acquireDataFolder(process.argv[1]);
    console.log('held');
    setInterval(() => held, 1_000_000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, dataDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(createInterface({ input: child.stdout }), 'line');
  return child;
}

it('makes both folders for the owner alone', async () => {
  const dataDir = join(scratchFolder(), 'a', 'b');
  const folder = await acquireDataFolder(dataDir);
  expect(folder.runDir).toBe(join(folder.dataDir, 'run'));
  expect([folder.dataDir, folder.runDir].map((path) => statSync(path).mode & 0o777)).toEqual([0o700, 0o700]);
  folder.release();
});

it('lets one agent in, names it to the next, and lets that in afterwards', async () => {
  const dataDir = scratchFolder();
  const first = await acquireDataFolder(dataDir);
  await expect(acquireDataFolder(dataDir)).rejects.toMatchObject({
    code: 'already_running',
    details: { pid: process.pid },
  });
  first.release();
  first.release();
  (await acquireDataFolder(dataDir)).release();
});

it('is free again at once after the holder was killed, without anyone cleaning up', async () => {
  const dataDir = scratchFolder();
  const child = await holdElsewhere(dataDir);
  await expect(acquireDataFolder(dataDir)).rejects.toMatchObject({
    code: 'already_running',
    message: expect.stringContaining(`process ${child.pid}`),
  });
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(existsSync(join(dataDir, 'agent.pid'))).toBe(true);
  (await acquireDataFolder(dataDir)).release();
});

it.skipIf(process.platform === 'win32')('refuses a folder that others may enter, and says how to mend it', async () => {
  const dataDir = scratchFolder();
  chmodSync(dataDir, 0o755);
  await expect(acquireDataFolder(dataDir)).rejects.toMatchObject({
    code: 'invalid_configuration',
    hint: expect.stringContaining('chmod 0700'),
    details: { expected: '0700', seen: '0755' },
  });
  expect(existsSync(join(dataDir, 'agent.lock'))).toBe(false);
});

it.skipIf(process.platform === 'win32')('refuses such a runtime folder and gives the lock back', async () => {
  const dataDir = scratchFolder();
  mkdirSync(join(dataDir, 'run'));
  chmodSync(join(dataDir, 'run'), 0o750);
  await expect(acquireDataFolder(dataDir)).rejects.toMatchObject({ code: 'invalid_configuration' });
  chmodSync(join(dataDir, 'run'), 0o700);
  (await acquireDataFolder(dataDir)).release();
});

it.skipIf(process.platform === 'win32')(
  'lets the group of a service into its runtime folder, and nobody else',
  async () => {
    const dataDir = scratchFolder();
    const groupRunDir = join(scratchFolder(), 'run');
    const { runDir, release } = await acquireDataFolder(dataDir, { groupRunDir });
    expect([runDir, dataDir].map((path) => statSync(path).mode & 0o777)).toEqual([0o750, 0o700]);
    release();
    chmodSync(groupRunDir, 0o755);
    await expect(acquireDataFolder(dataDir, { groupRunDir })).rejects.toMatchObject({
      code: 'invalid_configuration',
      hint: expect.stringContaining('chmod 0750'),
    });
  },
);

it.skipIf(process.getuid?.() !== 0)("refuses another user's folder", async () => {
  const dataDir = scratchFolder();
  chownSync(dataDir, 65_534, 65_534);
  await expect(acquireDataFolder(dataDir)).rejects.toMatchObject({
    code: 'invalid_configuration',
    details: { expected: 0, seen: 65_534 },
  });
});

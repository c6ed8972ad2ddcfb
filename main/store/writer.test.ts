import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Worker } from 'node:worker_threads';
import { expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { openStore } from './open-store.ts';
import type { Store } from './store.ts';
import { scratchFolder } from './testing/scratch-folder.ts';

const keyRow = z.object({ key: z.string() }).transform(({ key }) => key);
const put = (store: Store, key: string) =>
  store.journal.write([{ sql: 'INSERT INTO meta (key, value) VALUES (:key, 1)', parameters: { key } }]);
const keys = (store: Store) => store.journal.read(keyRow, "SELECT key FROM meta WHERE key LIKE 'w%'");

async function openWithThreads(dataDir = scratchFolder()) {
  const threads: Worker[] = [];
  const faults: object[] = [];
  const store = await openStore({
    dataDir,
    writerStarted: (thread) => threads.push(thread),
    log: { warn() {}, error: (details) => faults.push(details) },
  });
  onTestFinished(() => store.close());
  /** By a fault of its own once it has taken what was sent before: `terminate()` within a native call may abort the process. */
  const killThread = async () => {
    const thread = threads.at(-1);
    if (thread === undefined) return;
    const exited = new Promise((resolve) => thread.once('exit', resolve));
    thread.postMessage(null);
    await exited;
  };
  return { store, threads, faults, killThread };
}

it('a thread that dies rejects what it held, loses nothing acknowledged, and is replaced', async () => {
  const { store, threads, faults, killThread } = await openWithThreads();
  await put(store, 'w-before');
  const held = Array.from({ length: 100 }, (_, index) => put(store, `w${index}`));
  await Promise.race(held);
  held.push(...Array.from({ length: 100 }, (_, index) => put(store, `w${100 + index}`)));
  const settled = Promise.allSettled(held);
  await killThread();
  const results = await settled;
  expect(new Set(results.map(({ status }) => status))).toEqual(new Set(['fulfilled', 'rejected']));
  const acknowledged = results.flatMap(({ status }, index) => (status === 'fulfilled' ? [`w${index}`] : []));
  for (const result of results) {
    if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'store_unavailable' });
  }
  expect(store.fault()).toMatchObject({ code: 'store_unavailable' });
  await put(store, 'w-after');
  expect(store.fault()).toBeNull();
  expect(keys(store)).toEqual(expect.arrayContaining(['w-before', ...acknowledged, 'w-after']));
  expect(threads).toHaveLength(2);
  expect(faults).toEqual([{ restarting: true }]);
});

it('a replacement that dies before it committed anything is the last', async () => {
  const { store, threads, killThread } = await openWithThreads();
  await put(store, 'w1');
  await killThread();
  await killThread();
  await expect(put(store, 'w2')).rejects.toMatchObject({ code: 'store_unavailable' });
  expect(store.fault()).toMatchObject({ code: 'store_unavailable' });
  expect(threads).toHaveLength(2);
  expect(keys(store)).toEqual(['w1']);
});

it('what was acknowledged survives a killed process', async () => {
  const dataDir = scratchFolder();
  const script = `
    const { openStore } = await import(${JSON.stringify(new URL('./open-store.ts', import.meta.url).href)});
    const store = await openStore({ dataDir: process.argv[1] });
    for (let n = 0; ; n++) {
      const key = 'w' + n;
      await store.journal.write([{ sql: 'INSERT INTO meta (key, value) VALUES (:key, 1)', parameters: { key } }]);
      process.stdout.write(key + '\\n');
    }`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, dataDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
    cwd: fileURLToPath(new URL('.', import.meta.url)),
  });
  const acknowledged: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    acknowledged.push(line);
    if (acknowledged.length === 25) child.kill('SIGKILL');
  }
  if (child.signalCode === null) await once(child, 'exit');
  expect(child.signalCode).toBe('SIGKILL');
  const { store } = await openWithThreads(dataDir);
  expect(keys(store)).toEqual(expect.arrayContaining(acknowledged));
});

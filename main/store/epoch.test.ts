import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { acknowledgeEpoch, type Epoch, readEpoch } from './epoch.ts';
import { readInstallationId } from './installation.ts';
import { openStore } from './open-store.ts';
import type { Store } from './store.ts';
import { scratchFolder } from './testing/scratch-folder.ts';

/** Opens the store, runs `look`, closes it again. */
async function visit<Result>(dataDir: string, look: (store: Store) => Promise<Result> | Result) {
  const warnings: string[] = [];
  const store = await openStore({ dataDir, log: { warn: (_, message) => warnings.push(message), error() {} } });
  try {
    return { found: await look(store), warnings };
  } finally {
    await store.close();
  }
}

const epochOf = async (dataDir: string): Promise<Epoch> =>
  (await visit(dataDir, (store) => readEpoch(store.journal))).found;
const kept = (dataDir: string) => readdirSync(dataDir).filter((name) => name.startsWith('journal.db.kept-'));

/** Enough rows that the file has pages beyond the first. */
const fill = (store: Store) =>
  store.journal.write(
    Array.from({ length: 300 }, (_, index) => ({
      sql: 'INSERT INTO meta (key, value) VALUES (:key, :value)',
      parameters: { key: `row${index}`, value: 'x'.repeat(200) },
    })),
  );

describe('the epoch of the journal', () => {
  it('is accepted from the first start and stays over restarts', async () => {
    const dataDir = scratchFolder();
    const first = await visit(dataDir, (store) => readEpoch(store.journal));
    expect(first.found.acknowledged).toBe(true);
    expect(first.warnings).toEqual([]);
    expect(await epochOf(dataDir)).toEqual(first.found);
  });

  it('begins anew, locked, when the journal is gone', async () => {
    const dataDir = scratchFolder();
    const before = await epochOf(dataDir);
    rmSync(join(dataDir, 'journal.db'));
    const { found, warnings } = await visit(dataDir, (store) => readEpoch(store.journal));
    expect(found.id).not.toBe(before.id);
    expect(found.acknowledged).toBe(false);
    expect(warnings).toEqual([expect.stringContaining('gone')]);
    expect(await epochOf(dataDir)).toEqual(found);
  });

  it('begins anew, locked, when an old copy was put back', async () => {
    const dataDir = scratchFolder();
    await epochOf(dataDir);
    copyFileSync(join(dataDir, 'journal.db'), join(dataDir, 'copy'));
    rmSync(join(dataDir, 'journal.db'));
    const second = await epochOf(dataDir);
    copyFileSync(join(dataDir, 'copy'), join(dataDir, 'journal.db'));
    const third = await epochOf(dataDir);
    expect(third.acknowledged).toBe(false);
    expect(third.id).not.toBe(second.id);
  });

  it('stays when state.db is gone', async () => {
    const dataDir = scratchFolder();
    const before = await epochOf(dataDir);
    rmSync(join(dataDir, 'state.db'));
    expect(await epochOf(dataDir)).toEqual(before);
  });

  it.each([
    [
      'its header',
      (path: string) => writeFileSync(path, 'not a database at all, but long enough to be looked at'.repeat(50)),
    ],
    [
      'a page in the middle',
      (path: string) => {
        const bytes = readFileSync(path);
        bytes.fill(0xa5, 8_192, 12_288);
        writeFileSync(path, bytes);
      },
    ],
    ['its end', (path: string) => truncateSync(path, 10_000)],
  ])('begins anew, locked, when %s is damaged, and the damaged file is kept', async (_, damage) => {
    const dataDir = scratchFolder();
    const path = join(dataDir, 'journal.db');
    const { found: before } = await visit(dataDir, async (store) => {
      await fill(store);
      return readEpoch(store.journal);
    });
    damage(path);
    const damaged = readFileSync(path);
    const { found, warnings } = await visit(dataDir, (store) => readEpoch(store.journal));
    expect(found).toEqual({ id: expect.not.stringContaining(before.id), acknowledged: false });
    expect(warnings).toEqual([expect.stringContaining('kept')]);
    const [copy = ''] = kept(dataDir);
    expect(readFileSync(join(dataDir, copy)).equals(damaged)).toBe(true);
  });

  it('does not replay a log that outlived its journal', async () => {
    const dataDir = scratchFolder();
    await epochOf(dataDir);
    rmSync(join(dataDir, 'journal.db'));
    writeFileSync(join(dataDir, 'journal.db-wal'), 'left over');
    expect((await epochOf(dataDir)).acknowledged).toBe(false);
    expect(kept(dataDir)).toEqual([expect.stringMatching(/-wal$/)]);
    expect(existsSync(join(dataDir, 'journal.db-wal'))).toBe(false);
  });

  it('is unlocked by a person who names it, for good', async () => {
    const dataDir = scratchFolder();
    await epochOf(dataDir);
    rmSync(join(dataDir, 'journal.db'));
    await visit(dataDir, async (store) => {
      await expect(acknowledgeEpoch(store.journal, 'ep_other')).rejects.toMatchObject({ code: 'state_conflict' });
      expect(readEpoch(store.journal).acknowledged).toBe(false);
      await acknowledgeEpoch(store.journal, readEpoch(store.journal).id);
    });
    expect((await epochOf(dataDir)).acknowledged).toBe(true);
  });
});

it('the installation id is made once', async () => {
  const dataDir = scratchFolder();
  const first = await visit(dataDir, (store) => readInstallationId(store.state));
  expect(first.found).toMatch(/^in_[0-9a-f]{32}$/);
  expect((await visit(dataDir, (store) => readInstallationId(store.state))).found).toBe(first.found);
});

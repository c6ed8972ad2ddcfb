import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { scratchFolder } from './testing/scratch-folder.ts';
import { openWriteFile } from './write-file.ts';

function openScratch(synchronous: 'FULL' | 'NORMAL' = 'FULL') {
  const file = openWriteFile(join(scratchFolder(), 'test.db'), synchronous);
  onTestFinished(() => file.close());
  file.connection.exec('CREATE TABLE boxes (content TEXT NOT NULL)');
  return file;
}

const put = (id: number, bytes: number, mayForget = false) => ({
  id,
  mayForget,
  statements: [{ sql: 'INSERT INTO boxes VALUES (:content)', parameters: { content: 'x'.repeat(bytes) } }],
});

it.each([
  ['journal', 'FULL', 2],
  ['state', 'NORMAL', 1],
] as const)('syncs each commit of the %s but one whose every write may be forgotten', (_name, synchronous, relaxed) => {
  const file = openScratch(synchronous);
  // 2 is FULL, 1 NORMAL (sqlite.org/pragma.html#pragma_synchronous).
  const level = () => file.connection.pragma('synchronous', { simple: true });
  expect(level()).toBe(2);
  file.commit([put(1, 10, true)]);
  expect(level()).toBe(relaxed);
  file.commit([put(2, 10, true), put(3, 10)]);
  expect(level()).toBe(2);
});

it('keeps a log, and rows that refer to others', () => {
  expect(openScratch().connection.pragma('journal_mode', { simple: true })).toBe('wal');
  expect(openScratch().connection.pragma('foreign_keys', { simple: true })).toBe(1);
});

it('keeps few pages in memory', () => {
  // Negative: KiB (sqlite.org/pragma.html#pragma_cache_size).
  expect(openScratch().connection.pragma('cache_size', { simple: true })).toBe(-2_000);
});

it('on a full disk rejects what does not fit with a hint and keeps what does', () => {
  const file = openScratch();
  file.connection.pragma('max_page_count = 10');
  const outcomes = file.commit([put(1, 10), put(2, 1_000_000), put(3, 10)]);
  expect(outcomes).toEqual([
    { id: 1, changes: [1] },
    {
      id: 2,
      error: expect.objectContaining({ code: 'store_unavailable', hint: expect.stringContaining('free some space') }),
    },
    { id: 3, changes: [1] },
  ]);
  expect(file.connection.prepare('SELECT length(content) AS n FROM boxes').pluck().all()).toEqual([10, 10]);
  expect(file.connection.inTransaction).toBe(false);
});

it('rejects every write of a commit that another program keeps from happening', () => {
  const path = join(scratchFolder(), 'test.db');
  const file = openWriteFile(path, 'FULL');
  onTestFinished(() => file.close());
  file.connection.exec('CREATE TABLE boxes (content TEXT NOT NULL)');
  file.connection.pragma('busy_timeout = 0');
  const other = openWriteFile(path, 'FULL');
  onTestFinished(() => other.close());
  other.connection.exec('BEGIN IMMEDIATE');
  const busy = expect.objectContaining({ code: 'store_unavailable', hint: expect.stringContaining('close it') });
  expect(file.commit([put(1, 1), put(2, 1)])).toEqual([
    { id: 1, error: busy },
    { id: 2, error: busy },
  ]);
  other.connection.exec('ROLLBACK');
  expect(file.commit([put(3, 1)])).toEqual([{ id: 3, changes: [1] }]);
});

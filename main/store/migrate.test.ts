import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { expect, it } from 'vitest';
import { migrate, schemaVersion } from './migrate.ts';
import { openStore } from './open-store.ts';
import { scratchFolder } from './testing/scratch-folder.ts';

it('runs only the steps a database has not had', () => {
  const connection = new Sqlite(':memory:');
  migrate(connection, 'test.db', ['CREATE TABLE a (x)']);
  migrate(connection, 'test.db', ['CREATE TABLE a (x)', 'CREATE TABLE b (x)']);
  migrate(connection, 'test.db', ['CREATE TABLE a (x)', 'CREATE TABLE b (x)']);
  expect(schemaVersion(connection)).toBe(2);
});

it('takes every step back when one fails', () => {
  const connection = new Sqlite(':memory:');
  expect(() => migrate(connection, 'test.db', ['CREATE TABLE a (x)', 'nonsense'])).toThrow();
  expect(schemaVersion(connection)).toBe(0);
  expect(connection.prepare('SELECT name FROM sqlite_schema').all()).toEqual([]);
});

it.each(['journal.db', 'state.db'])('refuses a %s from a newer version and leaves it alone', async (name) => {
  const dataDir = scratchFolder();
  await (await openStore({ dataDir })).close();
  const path = join(dataDir, name);
  const connection = new Sqlite(path);
  connection.pragma('user_version = 99');
  connection.close();
  const before = readFileSync(path);
  await expect(openStore({ dataDir })).rejects.toMatchObject({
    code: 'store_unavailable',
    message: expect.stringMatching(new RegExp(`^${name} was written by a newer Fibric Edge`)),
  });
  expect(readFileSync(path).equals(before)).toBe(true);
});

it('refuses a damaged state.db with what to do, and leaves it alone', async () => {
  const dataDir = scratchFolder();
  const path = join(dataDir, 'state.db');
  const garbage = Buffer.alloc(8_192, 'garbage');
  writeFileSync(path, garbage);
  await expect(openStore({ dataDir })).rejects.toMatchObject({
    code: 'store_unavailable',
    message: expect.stringContaining('state.db is damaged'),
    hint: expect.stringContaining('copy of state.db'),
  });
  expect(readFileSync(path).equals(garbage)).toBe(true);
});

it('says so when the folder is not there', async () => {
  await expect(openStore({ dataDir: join(scratchFolder(), 'none') })).rejects.toMatchObject({
    code: 'store_unavailable',
  });
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { apiPromises } from './api-promises.table.ts';

const root = join(import.meta.dirname, '..', '..');

describe('each promise of the API and the local endpoint has a test that holds it', () => {
  it.each(apiPromises.map(({ line, promise, ...rest }) => [line, promise, rest] as const))(
    '%s %s',
    (_line, _promise, { tests, open }) => {
      expect(tests.length > 0).toBe(open === undefined);
      for (const [file, name] of tests) {
        const text = readFileSync(join(root, file), 'utf8').replaceAll('\\', '');
        expect([file, name, text.includes(`'${name}'`)]).toEqual([file, name, true]);
      }
    },
  );
});

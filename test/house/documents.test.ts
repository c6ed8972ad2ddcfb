import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..', '..');
const files = globSync(
  ['*.md', 'docs/**/*.md', '{bin,drivers,hub,main,renderer,setup,test}/**/*.{ts,tsx,mjs,md}', 'packaging/**/*'],
  { cwd: root, exclude: ['**/node_modules/**'] },
).filter((file) => /\.(md|mjs|rules|tsx?)$/.test(file));

describe('the documents', () => {
  it('that are named somewhere are there', () => {
    expect(files.length).toBeGreaterThan(500);
    const missing = files.flatMap((file) => {
      const named = readFileSync(join(root, file), 'utf8').match(/\bdocs\/[a-z0-9/-]+\.md\b/g) ?? [];
      return named.filter((path) => !existsSync(join(root, path))).map((path) => `${file}: ${path}`);
    });
    expect(missing).toEqual([]);
  });

  it('of decisions have one number each, in their name and their title', () => {
    const decisions = globSync('docs/decisions/*.md', { cwd: root }).sort();
    const numbers = decisions.map((file) => Number(/(\d{4})-[a-z0-9-]+\.md$/.exec(file)?.[1]));
    expect(numbers).toEqual(decisions.map((_file, index) => index + 1));
    const titles = decisions.map((file) => Number(/^# (\d+)\./.exec(readFileSync(join(root, file), 'utf8'))?.[1]));
    expect(titles).toEqual(numbers);
  });
});

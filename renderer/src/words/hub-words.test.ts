import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { en } from './en/en.ts';
import { hubEn } from './en/hub-page.ts';

/** Every file that is loaded from this one. */
function filesFrom(entry: string): readonly string[] {
  const found = new Set<string>();
  const visit = (file: string) => {
    if (found.has(file)) return;
    found.add(file);
    const text = readFileSync(file, 'utf8');
    for (const [, path = ''] of text.matchAll(/(?:from|import\()\s*'(\.[^']+\.tsx?)'/g)) {
      const to = join(dirname(file), path);
      if (to.includes('/renderer/')) visit(to);
    }
  };
  visit(entry);
  return [...found].filter((file) => !file.includes('/words/'));
}

/** Keys of texts, of either page, that a file asks for by their whole name. */
function keysIn(file: string): readonly string[] {
  return [...readFileSync(file, 'utf8').matchAll(/'([a-zA-Z]+)\.([a-zA-Z_]+)'/g)]
    .map(([, part, name]) => `${part}.${name}`)
    .filter((key) => has(en, key) || has(hubEn, key));
}

const has = (catalogue: object, key: string) => {
  const [part = '', name = ''] = key.split('.');
  const texts: unknown = Reflect.get(catalogue, part);
  return typeof texts === 'object' && texts !== null && name in texts;
};
const source = join(import.meta.dirname, '..');

describe('the two pages', () => {
  it.each([
    ['hub-page/main.tsx', hubEn],
    ['main.tsx', en],
  ])('%s asks for no text that it does not carry', (entry, catalogue) => {
    const files = filesFrom(join(source, entry));
    const keys = new Set(files.flatMap(keysIn));
    expect(keys.size).toBeGreaterThan(50);
    expect([...keys].filter((key) => !has(catalogue, key))).toEqual([]);
  });
});

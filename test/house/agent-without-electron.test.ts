import { globSync } from 'node:fs';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..', '..');
const isElectron = (id: string) => /^electron(?:\/|$)/.test(id);

/** Every module that is asked for from these files, by import or require, however deep. */
async function askedFor(entries: readonly string[]): Promise<ReadonlySet<string>> {
  const asked = new Set<string>();
  const bundle = await rolldown({
    cwd: root,
    input: [...entries],
    platform: 'node',
    logLevel: 'silent',
    external(id) {
      if (/^[./\\]/.test(id)) return false;
      asked.add(id);
      return true;
    },
  });
  const { output } = await bundle.generate({ format: 'esm', sourcemap: false });
  await bundle.close();
  for (const chunk of output)
    if (chunk.type === 'chunk') for (const id of [...chunk.imports, ...chunk.dynamicImports]) asked.add(id);
  return asked;
}

describe('the agent', () => {
  it('asks for nothing of Electron, bundled whole', async () => {
    const asked = await askedFor([
      'main/cli/main.ts',
      'main/cli/commands/run.ts',
      'main/agent/forked.ts',
      'drivers/simulator-host/main.ts',
      ...globSync('main/*/*-thread.ts', { cwd: root }),
    ]);
    expect(asked.size).toBeGreaterThan(10);
    expect([...asked].filter(isElectron)).toEqual([]);
  }, 120_000);

  it('would be found out: the shell, bundled so, asks for it', async () => {
    const asked = await askedFor(['main/shell/desktop/main.ts']);
    expect([...asked].filter(isElectron).sort()).toEqual(['electron/common', 'electron/main']);
  }, 120_000);
});

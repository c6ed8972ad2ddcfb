import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { makeDataDir, removeDataDir, startAgent } from './support/agent-process.ts';

it('starts an agent so that what V8 and the allocator hold beyond what is in use is bounded', async () => {
  const dataDir = makeDataDir();
  const agent = await startAgent({ dataDir, config: 'discover: false\nvault: { provider: keyfile }\n' });
  try {
    const words = (what: string) => readFileSync(`/proc/${agent.pid}/${what}`, 'utf8').split('\0');
    expect(words('cmdline')).toEqual(expect.arrayContaining(['--max-semi-space-size=2', '--heap-growing-percent=50']));
    expect(words('environ')).toContain('MALLOC_ARENA_MAX=2');
  } finally {
    await agent.stop();
    removeDataDir(dataDir);
  }
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { z } from 'zod';
import { ask } from '../support/ask.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'edge-demo-hub-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('npm run demo -- --hub starts both, shows a call that went through, and Ctrl-C ends all of it', async () => {
  // A terminal's Ctrl-C goes to the whole group in the foreground.
  const demo = spawn('npm', ['run', 'demo', '--', '--hub'], {
    cwd: root,
    detached: true,
    env: { ...process.env, HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder, FORCE_COLOR: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(demo, 'close');
  let output = '';
  const shown = Promise.withResolvers<RegExpExecArray>();
  const hear = (chunk: unknown) => {
    output += String(chunk);
    const found = /curl (http:\S+)\/v1\/connectors -H 'Authorization: Bearer (\S+)'/.exec(output);
    if (found !== null) shown.resolve(found);
  };
  demo.stdout.on('data', hear);
  demo.stderr.on('data', hear);
  void ended.then(() => shown.reject(new Error(`it ended before it showed anything:\n${output}`)));
  const [, url = '', key = ''] = await shown.promise;
  expect(output).toMatch(/weight\.read of \S+, hub → link → device, in \d+ ms: \{"value":"12\.480"/);
  const { body } = await ask(
    { url },
    { method: 'GET', path: '/v1/connectors', headers: { authorization: `Bearer ${key}` } },
  );
  const names = z.array(z.object({ name: z.string(), kind: z.literal('hardware') })).parse(body.data);
  expect(names.map(({ name }) => name)).toContain('front-door');

  const before = processesOf(folder);
  expect(before.length).toBeGreaterThan(1);
  process.kill(-(demo.pid ?? 0), 'SIGINT');
  await ended;
  expect(processesOf(folder)).toEqual([]);
  await expect(ask({ url }, { method: 'GET', path: '/v1/connectors' })).rejects.toThrow('ECONNREFUSED');
}, 240_000);

/** Command lines of the processes that were started with this home. */
function processesOf(home: string): readonly string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const environment = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
        return environment.includes(`HOME=${home}`) ? [readFileSync(`/proc/${pid}/cmdline`, 'utf8')] : [];
      } catch {
        // It has ended meanwhile, or is another user's.
        return [];
      }
    });
}

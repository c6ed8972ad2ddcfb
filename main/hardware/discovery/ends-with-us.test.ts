import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { expect, it } from 'vitest';
import { endsWithUs } from './ends-with-us.ts';

it.skipIf(!existsSync('/usr/bin/setpriv'))('a child ends when the process that started it is killed', async () => {
  const script = `
    const { spawn } = await import('node:child_process');
    const { endsWithUs } = await import(${JSON.stringify(new URL('./ends-with-us.ts', import.meta.url).href)});
    const [program, ...args] = endsWithUs(['sleep', '600']);
    const child = spawn(program, args, { stdio: ['ignore', 'inherit', 'ignore'] });
    child.once('spawn', () => console.log(child.pid));`;
  const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [pid] = await once(createInterface({ input: parent.stdout }), 'line');
  // The pipe is the child's too: it ends when both are gone.
  const gone = once(parent.stdout, 'close');
  parent.kill('SIGKILL');
  await gone;
  expect(existsSync(`/proc/${pid}/exe`)).toBe(false);
});

it('leaves the command itself as it is', () => {
  expect(endsWithUs(['udevadm', 'monitor']).slice(-2)).toEqual(['udevadm', 'monitor']);
});

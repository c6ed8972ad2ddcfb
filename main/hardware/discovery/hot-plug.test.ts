import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { watchHotPlug } from './hot-plug.ts';
import { layWire } from './testing/wires.ts';

let folder = '';
let stop: (() => void) | null = null;
const logged: string[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hot-plug-'));
  logged.length = 0;
});
afterEach(() => {
  stop?.();
  rmSync(folder, { recursive: true, force: true });
});

/** Watches with a check that never finds anything, so that only the watches themselves can tell. */
function watchOnly(paths: readonly string[], discover = false) {
  let told = false;
  let tell = () => {};
  const watching = watchHotPlug({
    discover,
    configuredPaths: paths,
    onChange() {
      told = true;
      tell();
    },
    configuredChanged: () => false,
    log: (line) => logged.push(line),
  });
  stop = () => watching.close();
  const change = (withinMs: number) =>
    new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`nothing within ${withinMs} ms`)), withinMs);
      tell = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  return {
    /** The look that is worth taking because the watch has only just begun. */
    begun: () => (told ? Promise.resolve() : change(500)),
    change,
  };
}

it('sees a PTY vanish under a link that stays', async () => {
  const path = join(folder, 'scale');
  const wire = await layWire(path);
  const { begun, change } = watchOnly([path]);
  await begun();
  const gone = change(500);
  await wire.pull('killed');
  await gone;
});

it('sees a link come, be replaced, and go', async () => {
  const path = join(folder, 'scale');
  const { begun, change } = watchOnly([path]);
  await begun();
  for (const act of [
    () => symlinkSync('/dev/null', path),
    () => {
      symlinkSync('/dev/zero', join(folder, 'new'));
      renameSync(join(folder, 'new'), path);
    },
    () => rmSync(path),
  ]) {
    const seen = change(500);
    act();
    await seen;
  }
});

it('watches a folder anew that was made anew', async () => {
  const inner = join(folder, 'inner');
  mkdirSync(inner);
  const { begun, change } = watchOnly([join(inner, 'scale')]);
  await begun();
  const remade = change(3_000);
  // Beside the old one, so that it can not get the old one's number.
  mkdirSync(join(folder, 'other'));
  rmSync(inner, { recursive: true });
  renameSync(join(folder, 'other'), inner);
  await remade;
  const seen = change(500);
  writeFileSync(join(inner, 'scale'), '');
  await seen;
});

it('watches the device folder where udev is silent, and says so once', async () => {
  const { begun } = watchOnly([], true);
  await begun();
  if (logged.length > 0) expect(logged).toEqual([expect.stringContaining('the device folder is watched instead')]);
});

it('tells of a change at once, and of those that come with it together', async () => {
  const path = join(folder, 'scale');
  let looks = 0;
  let wake = () => {};
  const watching = watchHotPlug({
    ...{ discover: false, configuredPaths: [path], configuredChanged: () => false, log: () => {} },
    onChange() {
      looks += 1;
      wake();
    },
  });
  stop = () => watching.close();
  expect(looks, 'its beginning').toBe(1);
  const next = new Promise<void>((resolve) => {
    wake = resolve;
  });
  for (const target of ['/dev/null', '/dev/zero', '/dev/full']) {
    symlinkSync(target, `${path}.new`);
    renameSync(`${path}.new`, path);
  }
  await next;
  expect(looks).toBe(2);
});

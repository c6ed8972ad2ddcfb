/**
 * `npm run test:electron:real`: the tests of the shell on the true Electron, on a machine that has its binary and a screen.
 * Without a screen it runs under xvfb-run. What a person has to look at besides is docs/release-checklist.md.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fail, say } from './report.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const isInstalled = existsSync(join(root, 'node_modules', 'electron', 'path.txt'));
if (!isInstalled && !process.env.ELECTRON_REAL_DIST) {
  fail(
    'the Electron binary is not here. Either: node node_modules/electron/install.js (it is downloaded), or ELECTRON_REAL_DIST=FOLDER with an unpacked one',
  );
}
const isOnPath = (program) =>
  (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, program)));
const needsScreen = process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY;
if (needsScreen && !isOnPath('xvfb-run')) fail('there is no screen here, and no xvfb-run: apt-get install xvfb');

const vitest = [
  join(root, 'node_modules', 'vitest', 'vitest.mjs'),
  'run',
  '--project',
  'electron',
  'test/electron/real.test.ts',
];
const [command, ...args] = [...(needsScreen ? ['xvfb-run', '--auto-servernum'] : []), process.execPath, ...vitest];
say('testing the shell on the true Electron…');
const { status } = spawnSync(command, args, {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, ELECTRON_REAL: '1' },
});
process.exit(status ?? 1);

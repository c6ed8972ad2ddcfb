import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { say } from './report.mjs';

/** What each command of the checkout needs from Debian: the program looked for, the package that has it, and what for. */
const needs = {
  demo: [{ program: 'socat', package: 'socat', purpose: 'the wires to the simulated devices' }],
  test: [
    { program: 'socat', package: 'socat', purpose: 'the wires to the simulated devices' },
    { program: 'udevadm', package: 'udev', purpose: 'listing serial ports' },
    { program: 'dbus-run-session', package: 'dbus', purpose: 'the keychain tests' },
    { program: 'gnome-keyring-daemon', package: 'gnome-keyring', purpose: 'the keychain tests' },
    { program: 'secret-tool', package: 'libsecret-tools', purpose: 'the keychain tests' },
    { program: 'gdbus', package: 'libglib2.0-bin', purpose: 'the keychain tests' },
    { program: 'chromium', package: 'chromium', purpose: 'the tests of the window' },
    { program: 'strace', package: 'strace', purpose: 'the test that the journal is synced before a byte leaves' },
  ],
};

/**
 * Installs what is missing where that is possible (Debian, root), and says plainly what it could not install.
 * @param {string} command
 * @returns {string[]} the programs that are still missing
 */
export function installDebianPackages(command) {
  const missing = (needs[command] ?? []).filter((need) => !isOnPath(need.program));
  if (missing.length === 0) return [];
  const packages = missing.map((need) => need.package);
  for (const need of missing) say(`${need.program} is missing, needed for ${need.purpose}`);
  if (!isOnPath('apt-get') || process.getuid?.() !== 0) {
    say(`install them once, as root: apt-get install ${packages.join(' ')}`);
    return missing.map((need) => need.program);
  }
  say(`installing Debian packages: ${packages.join(' ')}…`);
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const apt = (...args) =>
    spawnSync('apt-get', ['-qq', ...args], { env: environment, stdio: ['ignore', 'ignore', 'pipe'] });
  apt('update');
  const result = apt('install', '-y', '--no-install-recommends', ...packages);
  const left = missing.filter((need) => !isOnPath(need.program)).map((need) => need.program);
  if (left.length > 0) {
    say(`could not install ${left.join(', ')}: ${String(result.stderr).trim().split('\n').at(-1) || 'apt-get failed'}`);
    say(`install by hand: apt-get install ${packages.join(' ')}`);
  }
  return left;
}

function isOnPath(program) {
  const folders = (process.env.PATH ?? '').split(delimiter).concat('/usr/sbin', '/sbin');
  return folders.some((folder) => existsSync(join(folder, program)));
}

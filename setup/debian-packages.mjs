import { spawnSync } from 'node:child_process';
import { existsSync, symlinkSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { say } from './report.mjs';

/** What the faults of a network are made with. */
const networkNeeds = [
  { program: 'ip', package: 'iproute2', purpose: 'the tests of bad networks' },
  { program: 'nft', package: 'nftables', purpose: 'the tests of bad networks' },
];

/** What the faults of a machine are made with. */
const faultNeeds = [
  { program: 'strace', package: 'strace', purpose: 'slow and failing disks' },
  { program: 'unshare', package: 'util-linux', purpose: 'full and read-only disks' },
  {
    program: 'libfaketime.so.1',
    package: 'libfaketime',
    purpose: 'clocks that jump',
    folders: ['/usr/lib/x86_64-linux-gnu/faketime', '/usr/lib/aarch64-linux-gnu/faketime'],
  },
  ...networkNeeds,
  { program: 'dbus-daemon', package: 'dbus', purpose: 'the keychain that goes away' },
  { program: 'gnome-keyring-daemon', package: 'gnome-keyring', purpose: 'the keychain that goes away' },
  { program: 'gdbus', package: 'libglib2.0-bin', purpose: 'the keychain that goes away' },
];

/** The tests on a real kernel boot it in an emulator; the kernel itself is downloaded by them, and never installed. */
const guest = [
  { program: 'qemu-system-x86_64', package: 'qemu-system-x86', purpose: 'the tests on a real kernel' },
  { program: 'busybox', package: 'busybox-static', purpose: 'the tests on a real kernel' },
];

/** Libraries that node-hid loads when the first HID device is opened. */
const libraryFolders = ['/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu', '/lib/x86_64-linux-gnu'];
const hidNeeds = [
  { program: 'libudev.so.1', package: 'libudev1', purpose: 'HID devices', folders: libraryFolders },
  { program: 'libusb-1.0.so.0', package: 'libusb-1.0-0', purpose: 'HID devices', folders: libraryFolders },
];

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
    ...hidNeeds,
    ...networkNeeds,
    ...faultNeeds.filter(({ program }) => program === 'unshare' || program === 'libfaketime.so.1'),
    {
      program: 'umockdev-wrapper',
      package: 'umockdev python3-gi gir1.2-umockdev-1.0',
      purpose: 'the tests of listing on a pretended machine',
    },
    {
      program: 'libusb-1.0.so.0',
      package: 'libusb-1.0-0',
      purpose: 'HID devices, and the test of the Debian package',
      folders: ['/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu'],
    },
    { program: 'nsenter', package: 'util-linux', purpose: 'the test of the Debian package' },
    { program: 'adduser', package: 'adduser', purpose: 'the test of the Debian package' },
    { program: 'xdg-open', package: 'xdg-utils', purpose: 'the test of the desktop package' },
    {
      program: 'libXtst.so.6',
      package: 'libxtst6',
      purpose: 'the test of the desktop package',
      folders: ['/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu'],
    },
    {
      program: 'ser2net',
      package: 'ser2net',
      purpose: 'the tests of serial ports behind a port server',
      service: 'ser2net.service',
    },
    {
      program: 'nginx',
      package: 'nginx',
      purpose: 'the test of a hub behind a reverse proxy',
      service: 'nginx.service',
    },
    ...(process.arch === 'x64' ? guest : []),
  ],
  faults: [{ program: 'socat', package: 'socat', purpose: 'the wires to the simulated devices' }, ...faultNeeds],
  'bench:kernel': guest,
};

/**
 * Installs what is missing where that is possible (Debian, root), and says plainly what it could not install.
 * @param {string} command
 * @returns {string[]} the programs that are still missing
 */
export function installDebianPackages(command) {
  const missing = (needs[command] ?? []).filter((need) => !isOnPath(need.program, need.folders));
  if (missing.length === 0) return [];
  const packages = missing.flatMap((need) => need.package.split(' '));
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
  for (const { service } of missing) if (service !== undefined) keepFromStarting(service);
  const result = apt('install', '-y', '--no-install-recommends', ...packages);
  const left = missing.filter((need) => !isOnPath(need.program, need.folders)).map((need) => need.program);
  if (left.length > 0) {
    say(`could not install ${left.join(', ')}: ${String(result.stderr).trim().split('\n').at(-1) || 'apt-get failed'}`);
    say(`install by hand: apt-get install ${packages.join(' ')}`);
  }
  return left;
}

/**
 * A program that only tests start is not to run as a service from now on, and take this machine's ports: what
 * `systemctl mask` does, also where systemd does not run. Undone by `systemctl unmask`.
 * @param {string} service
 */
function keepFromStarting(service) {
  const unit = join('/etc/systemd/system', service);
  try {
    if (!existsSync(unit)) symlinkSync('/dev/null', unit);
    say(`the service ${service} is masked, so that it does not start: undo with systemctl unmask ${service}`);
  } catch {
    // No such folder: no systemd.
  }
}

function isOnPath(program, more = []) {
  const folders = (process.env.PATH ?? '').split(delimiter).concat('/usr/sbin', '/sbin', more);
  return folders.some((folder) => existsSync(join(folder, program)));
}

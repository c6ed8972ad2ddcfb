import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { addAgent, nativeAddons } from './agent-files.ts';
import { writeCpio } from './cpio.ts';
import { downloadPackages, findProgram, kernelPackage, whyNoGuest, whyNoPackages } from './packages.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const cache = join(root, '.cache', 'kernel');
/** Where downloaded packages are kept. */
export const packageFolder = join(cache, 'packages');
const guestSources = join(import.meta.dirname, '..', 'guest');

const launcher = join(root, 'bin', 'fibric-edge.mjs');

/** With what they need; device drivers load by themselves, as udev's rules say. */
const kernelModules = [
  ...['virtio_pci', 'virtio_net', 'xhci_pci', 'usbcore', 'vhci-hcd', 'usbip-core', 'usbmon'],
  ...['virtio_blk', 'ext4', 'crc32c_generic'],
  ...['usbserial', 'ftdi_sio', 'cp210x', 'ch341', 'pl2303', 'cdc-acm', 'usblp', 'usbhid', 'hid-generic', 'evdev'],
];

/** Groups that Debian's udev rules name, with its numbers where they are fixed. */
const groupFile = [
  ...['root:x:0:', 'tty:x:5:', 'disk:x:6:', 'lp:x:7:', 'kmem:x:15:', 'dialout:x:20:', 'cdrom:x:24:', 'tape:x:26:'],
  ...['audio:x:29:', 'video:x:44:', 'plugdev:x:46:', 'input:x:101:', 'kvm:x:102:', 'render:x:103:', 'sgx:x:104:'],
  ...['fibric-edge:x:900:'],
].join('\n');
const passwordFile = [
  'root:x:0:0:root:/root:/bin/sh',
  'fibric-edge:x:900:900:the service:/var/lib/fibric-edge:/bin/sh',
].join('\n');

/** What QEMU starts. */
export interface GuestImage {
  readonly kernel: string;
  /** Uncompressed: a processor in software unpacks slowly. */
  readonly initrd: string;
}

/** Why no guest can be made on this machine; null when one can. */
export function whyNoGuestHere(): string | null {
  return whyNoGuest() ?? whyNoPackages(packageFolder);
}

/**
 * Makes the guest out of Debian packages and the built project, or takes it from the cache: the system by kernel
 * version, Node and what runs in the guest; the agent by the build and the lockfile.
 */
export function prepareImage(): GuestImage {
  const kernel = kernelPackage();
  const version = kernel.replace('linux-image-', '');
  const system = join(cache, `system-${digest(version, process.version, ...guestTexts())}`);
  const built = join(root, 'dist', '.built-from');
  if (!existsSync(built)) throw new Error('the project is not built: node setup/run.mjs build');
  const initrd = join(
    cache,
    `guest-${digest(system, readFileSync(built), readFileSync(launcher), lockfile(), readFileSync(import.meta.filename))}.cpio`,
  );
  if (!existsSync(join(system, 'done'))) {
    forget('system-');
    makeSystem(system, kernel, version);
  }
  if (!existsSync(initrd)) {
    forget('guest-');
    makeInitrd(system, initrd);
  }
  return { kernel: join(system, 'vmlinuz'), initrd };
}

function makeSystem(folder: string, kernel: string, version: string): void {
  const debs = downloadPackages(kernel, packageFolder);
  const scratch = mkdtempSync(join(cache, 'making-'));
  try {
    const [kernelDeb = '', ...others] = debs;
    const [unpacked, rootfs] = [join(scratch, 'kernel'), join(scratch, 'rootfs')];
    execFileSync('dpkg', ['-x', kernelDeb, unpacked]);
    for (const deb of others) execFileSync('dpkg', ['-x', deb, rootfs]);
    for (const left of ['usr/share', 'lib/udev/hwdb.d', 'etc/init.d'])
      rmSync(join(rootfs, left), { recursive: true, force: true });
    const node = addPrograms(rootfs);
    addLibraries(rootfs, [
      node,
      join(rootfs, 'bin/busybox'),
      join(rootfs, 'bin/udevadm'),
      join(rootfs, 'bin/kmod'),
      ...nativeAddons(root),
    ]);
    addModules(unpacked, rootfs, version);
    writeFileSync(join(rootfs, 'etc/passwd'), `${passwordFile}\n`);
    writeFileSync(join(rootfs, 'etc/group'), `${groupFile}\n`);
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder);
    renameSync(rootfs, join(folder, 'rootfs'));
    copyFileSync(join(unpacked, 'boot', `vmlinuz-${version}`), join(folder, 'vmlinuz'));
    writeFileSync(join(folder, 'done'), '');
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Busybox, flock, Node and what runs first; returns Node's place. */
function addPrograms(rootfs: string): string {
  for (const folder of ['bin', 'sbin', 'usr/bin', 'etc', 'bench']) mkdirSync(join(rootfs, folder), { recursive: true });
  copyFileSync(findProgram('busybox') ?? '', join(rootfs, 'bin/busybox'));
  symlinkSync('busybox', join(rootfs, 'bin/sh'));
  // Busybox has none.
  copyFileSync(findProgram('flock') ?? '', join(rootfs, 'bin/flock'));
  const node = join(rootfs, 'usr/bin/node');
  copyFileSync(realpathSync(process.execPath), node);
  // Its symbols are a third of it, and the guest lies in memory.
  if (findProgram('strip') !== null) execFileSync('strip', [node]);
  for (const name of guestScripts()) {
    const text = readFileSync(join(guestSources, name), 'utf8');
    writeFileSync(join(rootfs, 'bench', name.replace(/\.mts$/, '.mjs')), stripTypeScriptTypes(text));
  }
  copyFileSync(join(guestSources, 'init.sh'), join(rootfs, 'init'));
  execFileSync('chmod', ['755', join(rootfs, 'init')]);
  return node;
}

/** Every library that these load, at the place where they look for it. */
function addLibraries(rootfs: string, programs: readonly string[]): void {
  const own = ['lib/x86_64-linux-gnu', 'usr/lib/x86_64-linux-gnu'].map((folder) => join(rootfs, folder));
  const environment = { ...process.env, LD_LIBRARY_PATH: own.join(':') };
  for (const program of programs) {
    // Says on standard error, and by its code, when there is nothing to list: a static busybox.
    const listed = spawnSync('ldd', [program], { encoding: 'utf8', env: environment }).stdout;
    const absent = /^\s*(\S+) => not found/m.exec(listed)?.[1];
    if (absent !== undefined) throw new Error(`${basename(program)} needs ${absent}, which this machine lacks`);
    for (const [, library = ''] of listed.matchAll(/(\/\S+) \(0x/g)) {
      if (library.startsWith(rootfs)) continue;
      const target = join(rootfs, library);
      if (existsSync(target)) continue;
      mkdirSync(dirname(target), { recursive: true });
      copyFileSync(realpathSync(library), target);
    }
  }
}

function addModules(unpacked: string, rootfs: string, version: string): void {
  const kmod = (name: string, ...args: readonly string[]) => {
    const link = join(dirname(unpacked), name);
    if (!existsSync(link)) symlinkSync(join(rootfs, 'bin/kmod'), link);
    const libraries = [join(rootfs, 'lib/x86_64-linux-gnu'), join(rootfs, 'usr/lib/x86_64-linux-gnu')].join(':');
    return execFileSync(link, args, { encoding: 'utf8', env: { ...process.env, LD_LIBRARY_PATH: libraries } });
  };
  // The package comes without an index.
  kmod('depmod', '-b', unpacked, version);
  const shown = kmod('modprobe', '-d', unpacked, '-S', version, '-a', '--show-depends', ...kernelModules);
  for (const [, module = ''] of shown.matchAll(/^insmod (\S+)/gm)) {
    const target = join(rootfs, 'lib/modules', module.slice(module.indexOf(version)));
    mkdirSync(dirname(target), { recursive: true });
    copyFileSync(module, target);
  }
  for (const index of ['modules.order', 'modules.builtin', 'modules.builtin.modinfo']) {
    cpSync(join(unpacked, 'lib/modules', version, index), join(rootfs, 'lib/modules', version, index));
  }
  kmod('depmod', '-b', rootfs, version);
}

function makeInitrd(system: string, initrd: string): void {
  const making = `${initrd}.${process.pid}`;
  rmSync(making, { force: true });
  const archive = writeCpio(making);
  archive.addFolder(join(system, 'rootfs'), '');
  addAgent(archive, root);
  archive.close();
  renameSync(making, initrd);
}

const guestScripts = () => readdirSync(guestSources).filter((name) => name.endsWith('.mts'));
const guestTexts = () =>
  [import.meta.filename, join(guestSources, 'init.sh'), ...guestScripts().map((name) => join(guestSources, name))].map(
    (file) => readFileSync(file),
  );
const lockfile = () => readFileSync(join(root, 'package-lock.json'));

function digest(...parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part).update('\0');
  return hash.digest('hex').slice(0, 16);
}

/** Each is over a hundred megabytes: only the newest is kept. */
function forget(prefix: string): void {
  mkdirSync(cache, { recursive: true });
  for (const name of readdirSync(cache)) if (name.startsWith(prefix)) rmSync(join(cache, name), { recursive: true });
}

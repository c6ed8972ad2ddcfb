import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** What the guest is made of, beside its kernel: only unpacked, never installed on the host. */
const guestPackages = [
  'udev',
  'kmod',
  'libkmod2',
  'libblkid1',
  'libacl1',
  'libselinux1',
  'libcap2',
  'libpcre2-8-0',
] as const;

/** Programs that take ports, for their udev rules alone: nothing of them runs. */
const rulePackages = ['modemmanager', 'brltty'] as const;

/** The programs that make and run the guest. */
const programs = ['qemu-system-x86_64', 'busybox', 'dpkg', 'ldd', 'setpriv', 'flock'] as const;

/** Why there can be no guest here; null when there can. */
export function whyNoGuest(): string | null {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    return `the guest is x86-64 Linux with this machine's Node; this is ${process.platform}-${process.arch}`;
  }
  const missing = programs.filter((program) => !isOnPath(program));
  return missing.length === 0
    ? null
    : `${missing.join(', ')} missing: apt-get install qemu-system-x86 busybox-static (npm test does it as root)`;
}

/** The name of Debian's present kernel package: `linux-image-amd64` only depends on it. */
export function kernelPackage(): string {
  const text = execFileSync('apt-cache', ['depends', 'linux-image-amd64'], { encoding: 'utf8' });
  const name = /Depends: (linux-image-\S+)/.exec(text)?.[1];
  if (name === undefined) throw new Error('apt knows no kernel: run apt-get update, then again');
  return name;
}

/** Downloads what is not in `folder` yet, and returns the files of the packages that the guest is made of. */
export function downloadPackages(kernel: string, folder: string): readonly string[] {
  mkdirSync(folder, { recursive: true });
  const wanted = [kernel, ...guestPackages];
  const missing = [...wanted, ...rulePackages].filter((name) => fileOf(name, folder) === undefined);
  if (missing.length > 0) execFileSync('apt-get', ['-qq', 'download', ...missing], { cwd: folder, stdio: 'pipe' });
  return wanted.map((name) => packageFile(name, folder));
}

/** The file of a package that was downloaded. */
export function packageFile(name: string, folder: string): string {
  const file = fileOf(name, folder);
  if (file === undefined) throw new Error(`apt-get download ${name} left no file in ${folder}`);
  return join(folder, file);
}

function fileOf(name: string, folder: string): string | undefined {
  return readdirSync(folder).find((file) => file.startsWith(`${name}_`));
}

/** Gets everything that has to be downloaded; why that fails, or null when all is there. */
export function whyNoPackages(folder: string): string | null {
  try {
    downloadPackages(kernelPackage(), folder);
    return null;
  } catch (error) {
    const text = error instanceof Error ? error.message.trim().split('\n').at(-1) : String(error);
    return `the Debian packages of the guest can't be had: ${text}`;
  }
}

/** Where a program is; null when it is missing. */
export function findProgram(name: string): string | null {
  const folders = (process.env['PATH'] ?? '').split(':').concat('/usr/sbin', '/sbin', '/usr/bin', '/bin');
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path)) ?? null;
}

function isOnPath(program: string): boolean {
  return findProgram(program) !== null;
}

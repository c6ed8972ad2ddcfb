import { closeSync, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';
import type { PackageTarget } from '../agent/tree.ts';

/** What a native module is compiled for. */
export interface NativeModule {
  readonly platform: PackageTarget['platform'];
  /** Node's names of processors; more than one in a universal binary of macOS. */
  readonly arches: readonly string[];
}

/** The packages whose native part the program can't do without, by what stands in the module's path. */
export const neededModules: readonly { readonly name: string; readonly path: RegExp }[] = [
  { name: 'better-sqlite3', path: /(?:^|\/)better-sqlite3\// },
  { name: '@serialport/bindings-cpp', path: /(?:^|\/)@serialport\/bindings-cpp\// },
  { name: 'usb', path: /(?:^|\/)@node-usb\/usb-/ },
  { name: 'node-hid', path: /(?:^|\/)node-hid\// },
  { name: '@napi-rs/keyring', path: /(?:^|\/)@napi-rs\/keyring-/ },
];

/** e_machine of ELF (System V ABI), Machine of PE/COFF and cputype of Mach-O (mach/machine.h), as Node calls them. */
const elf: Readonly<Record<number, string>> = { 3: 'ia32', 40: 'arm', 62: 'x64', 183: 'arm64' };
const pe: Readonly<Record<number, string>> = { 332: 'ia32', 34404: 'x64', 43620: 'arm64' };
const mach: Readonly<Record<number, string>> = { 16777223: 'x64', 16777228: 'arm64' };
const MOST_ARCHES = 8;

/** Reads from a file's first bytes what it was compiled for; null when it is no program of these three systems. */
export function readNativeModule(head: Buffer): NativeModule | null {
  if (head.length < 64) return null;
  if (head.readUInt32BE(0) === 0x7f454c46) return { platform: 'linux', arches: named(elf, [head.readUInt16LE(18)]) };
  if (head.readUInt32LE(0) === 0xfeedfacf) return { platform: 'darwin', arches: named(mach, [head.readUInt32LE(4)]) };
  if (head.readUInt32BE(0) === 0xcafebabe) {
    const count = Math.min(head.readUInt32BE(4), MOST_ARCHES, Math.floor((head.length - 8) / 20));
    const types = Array.from({ length: count }, (_, index) => head.readUInt32BE(8 + 20 * index));
    return { platform: 'darwin', arches: named(mach, types) };
  }
  if (head.toString('latin1', 0, 2) !== 'MZ') return null;
  const at = head.readUInt32LE(60);
  if (at + 6 > head.length || head.toString('latin1', at, at + 4) !== 'PE\0\0') return null;
  return { platform: 'win32', arches: named(pe, [head.readUInt16LE(at + 4)]) };
}

function named(names: Readonly<Record<number, string>>, types: readonly number[]): readonly string[] {
  return types.map((type) => names[type] ?? `unknown (${type})`);
}

/** Every `.node` file under a folder: its path from there, and what it is for. */
export function nativeModulesIn(
  folder: string,
): readonly { readonly path: string; readonly is: NativeModule | null }[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.node'))
    .map((path) => ({ path: path.replaceAll('\\', '/'), is: readNativeModule(headOf(join(folder, path))) }))
    .sort((left, right) => left.path.localeCompare(right.path));
}

/**
 * Throws unless a tree has each needed native module for the target, and none for anything else: npm installs those of the
 * machine it runs on, so that a package for another system would be built with the wrong ones and not start there.
 */
export function checkNativeModules(folder: string, { platform, arch }: PackageTarget): void {
  const modules = nativeModulesIn(folder);
  const wrong = modules.filter(({ is }) => is === null || is.platform !== platform || !is.arches.includes(arch));
  const absent = neededModules.filter(({ path }) => !modules.some((module) => path.test(module.path)));
  if (wrong.length === 0 && absent.length === 0) return;
  const seen = wrong.map(
    ({ path, is }) =>
      `${path} is for ${is === null ? 'nothing known' : `${is.platform} on ${is.arches.join(' and ')}`}`,
  );
  const missing = absent.map(({ name }) => `${name} has none`);
  throw new Error(
    `these native modules are not for ${platform} on ${arch}: ${[...seen, ...missing].join('; ')}. Build the package on ${platform}-${arch}, after npm ci there.`,
  );
}

function headOf(file: string): Buffer {
  const head = Buffer.alloc(4096);
  const handle = openSync(file, 'r');
  try {
    return head.subarray(0, readSync(handle, head, 0, head.length, 0));
  } finally {
    closeSync(handle);
  }
}

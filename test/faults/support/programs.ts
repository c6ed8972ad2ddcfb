import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const folders = (process.env['PATH'] ?? '').split(delimiter).concat('/usr/sbin', '/sbin');

/** `null` when the program is there, else what is missing. */
export function lacking(program: string, debianPackage = program): string | null {
  if (folders.some((folder) => existsSync(join(folder, program)))) return null;
  return `${program} is not installed (apt-get install ${debianPackage})`;
}

/** Why strace can't be used, or null. */
export function noTracing(): string | null {
  const missing = lacking('strace');
  if (missing !== null) return missing;
  const { status } = spawnSync('strace', ['-o', '/dev/null', 'true'], { stdio: 'ignore' });
  return status === 0 ? null : 'this machine does not let processes be traced';
}

/** Why mounts of one's own can't be made, or null. */
export function noMounts(): string | null {
  const missing = lacking('unshare', 'util-linux');
  if (missing !== null) return missing;
  const { status } = spawnSync('unshare', ['-m', 'sh', '-c', 'mount -t tmpfs -o size=64k edge /mnt'], {
    stdio: 'ignore',
  });
  return status === 0 ? null : 'this user may not make mounts of its own (run as root)';
}

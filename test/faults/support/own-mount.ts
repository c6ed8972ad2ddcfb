import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** Runs a command in a mount namespace of its own with a small disk at `folder`; nobody else sees it, and it goes with the command. */
export function onSmallDisk(folder: string, megabytes: number): readonly string[] {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return inOwnMounts(`mount -t tmpfs -o size=${megabytes}m,mode=0700 edge-small "$0"`, folder);
}

/** The same with what lies at `folder` mounted read-only. */
export function onReadOnlyDisk(folder: string): readonly string[] {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return inOwnMounts('mount --bind "$0" "$0" && mount -o remount,bind,ro "$0"', folder);
}

function inOwnMounts(mount: string, folder: string): readonly string[] {
  return ['unshare', '--mount', '--propagation', 'private', 'sh', '-c', `${mount} && exec "$@"`, folder];
}

/** A folder as a process with mounts of its own sees it. */
export function seenBy(pid: number, folder: string): string {
  return join(`/proc/${pid}/root`, folder);
}

/** Takes every free byte of the disk under `folder`; returns what gives them back. */
export function fillDisk(folder: string): () => void {
  const filler = join(folder, 'filler');
  const file = openSync(filler, 'w');
  try {
    for (let size = 1 << 20; size >= 1; ) {
      try {
        writeSync(file, Buffer.alloc(size));
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
        size >>= 1;
      }
    }
  } finally {
    closeSync(file);
  }
  return () => rmSync(filler);
}

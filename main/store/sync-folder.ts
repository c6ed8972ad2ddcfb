import { closeSync, fsyncSync, openSync } from 'node:fs';

/** Makes renames and new names in a folder survive a power cut. Windows has no such call and needs none. */
export function syncFolderSync(path: string): void {
  if (process.platform === 'win32') return;
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

import { existsSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';
import { syncFolderSync } from './sync-folder.ts';

/**
 * Renames a database and its log so that they are kept for a person to look at, and returns the database's new path;
 * null when neither is there. Durable when it returns.
 */
export function moveAside(path: string): string | null {
  const stamp = new Date().toISOString().replaceAll(/[-:.]/g, '');
  // The log first: without its database it would be replayed into the next one.
  const moved = ['-wal', '-shm', ''].filter((suffix) => {
    if (!existsSync(path + suffix)) return false;
    renameSync(path + suffix, `${path}.kept-${stamp}${suffix}`);
    return true;
  });
  if (moved.length === 0) return null;
  syncFolderSync(dirname(path));
  return `${path}.kept-${stamp}`;
}

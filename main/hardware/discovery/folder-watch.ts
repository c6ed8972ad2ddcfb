import { type FSWatcher, statSync, watch } from 'node:fs';

/** Folders to watch, each with which of its entries matter. */
export type WatchedFolders = ReadonlyMap<string, (name: string) => boolean>;

/** A set of folder watches that can be brought up to date. */
export interface FolderWatch {
  /** Watches exactly these from now on; a folder that was made anew is watched anew, one that is missing is left for the next call. */
  update(folders: WatchedFolders): void;
  close(): void;
}

interface Watched {
  readonly watcher: FSWatcher;
  readonly inode: bigint;
  matters: (name: string) => boolean;
}

/** Calls `onChange` whenever an entry that matters appears, goes, or is replaced. */
export function watchFolders(onChange: () => void): FolderWatch {
  const watched = new Map<string, Watched>();

  const drop = (folder: string) => {
    watched.get(folder)?.watcher.close();
    watched.delete(folder);
  };
  const add = (folder: string, matters: (name: string) => boolean, inode: bigint) => {
    try {
      const entry: Watched = {
        watcher: watch(folder, (_event, name) => {
          if (name === null || entry.matters(name)) onChange();
        }),
        inode,
        matters,
      };
      // A watch that fails is tried again at the next update.
      entry.watcher.on('error', () => drop(folder));
      watched.set(folder, entry);
      // What happened before the watch stood has to be looked at.
      onChange();
    } catch {
      // No right or no watches left: the periodic check sees it later.
    }
  };
  return {
    update(folders) {
      for (const folder of [...watched.keys()]) if (!folders.has(folder)) drop(folder);
      for (const [folder, matters] of folders) {
        const inode = inodeOf(folder);
        const entry = watched.get(folder);
        if (entry !== undefined && entry.inode === inode) {
          entry.matters = matters;
          continue;
        }
        drop(folder);
        if (inode !== null) add(folder, matters, inode);
      }
    },
    close() {
      for (const folder of [...watched.keys()]) drop(folder);
    },
  };
}

function inodeOf(folder: string): bigint | null {
  return statSync(folder, { bigint: true, throwIfNoEntry: false })?.ino ?? null;
}

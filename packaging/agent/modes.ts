import { chmodSync, lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Rights as a package has them, whatever the builder's umask and npm made of them: `programs` can be run, all can be read. */
export function setModes(folder: string, programs: readonly string[]): void {
  for (const path of pathsIn(folder)) {
    const stat = lstatSync(path);
    if (stat.isSymbolicLink()) continue;
    chmodSync(path, stat.isDirectory() || programs.includes(path) ? 0o755 : 0o644);
  }
}

/** Kibibytes that the files in a folder take on a disk. */
export function sizeKib(folder: string): number {
  return pathsIn(folder).reduce((sum, path) => sum + Math.ceil(lstatSync(path).size / 1024), 0);
}

/** The folder itself and everything under it. */
function pathsIn(folder: string): readonly string[] {
  const within = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return [folder, ...within.map((path) => join(folder, path))];
}

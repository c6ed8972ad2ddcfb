import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageFolder } from './image.ts';
import { packageFile } from './packages.ts';

/** The udev rules that a Debian package installs, by name; it is unpacked and not installed. */
export function rulesOfPackage(name: string): ReadonlyMap<string, string> {
  const scratch = mkdtempSync(join(tmpdir(), 'edge-rules-'));
  try {
    execFileSync('dpkg', ['-x', packageFile(name, packageFolder), scratch]);
    const folders = ['lib/udev/rules.d', 'usr/lib/udev/rules.d'].map((folder) => join(scratch, folder));
    return new Map(
      folders
        .filter((folder) => existsSync(folder))
        .flatMap((folder) => readdirSync(folder).map((file) => [file, readFileSync(join(folder, file), 'utf8')])),
    );
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

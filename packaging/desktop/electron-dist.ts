import { existsSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** Where Electron's own program lies, unpacked. */
export type ElectronDist =
  | { readonly folder: string; readonly version: string }
  | { readonly missing: string; readonly version: string };

/**
 * Looks for Electron's program: in the folder that was given, else where its own package has downloaded it. It is not part
 * of the package that npm installs, and is never fetched by the way.
 */
export function findElectron(root: string, given: string | null, platform: NodeJS.Platform): ElectronDist {
  const require = createRequire(join(root, 'package.json'));
  const own = dirname(require.resolve('electron/package.json'));
  const { version } = require('electron/package.json') as { readonly version: string };
  const folder = given ?? join(own, 'dist');
  const program = join(folder, { darwin: 'Electron.app', win32: 'electron.exe' }[platform as string] ?? 'electron');
  if (existsSync(program)) {
    const stamp = join(folder, 'version');
    const found = existsSync(stamp) ? readFileSync(stamp, 'utf8').trim().replace(/^v/, '') : version;
    if (found === version) return { folder, version };
    return { version, missing: `${folder} is Electron ${found}; this program is made for ${version}` };
  }
  if (given !== null && statSync(given, { throwIfNoEntry: false }) === undefined)
    return { version, missing: `there is no folder ${given}` };
  return {
    version,
    missing: `Electron ${version} is not here (${program}). Fetch it once with: node node_modules/electron/install.js. Or name a folder that has it: --electron FOLDER`,
  };
}

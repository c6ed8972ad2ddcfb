import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setModes } from './modes.ts';
import { type PackageTarget, stageAgent } from './tree.ts';

/** Finds itself through links, so that a link to it in the PATH works. */
const starter = `#!/bin/sh
here=$(dirname "$(readlink -f "$0")")
exec "$here/node_modules/node-TARGET/bin/node" "$here/bin/fibric-edge.mjs" "$@"
`;

/**
 * Builds the headless agent as an archive that runs from wherever it is unpacked; returns its path. The project must have
 * been built.
 */
export function buildTarball(root: string, outFolder: string, target: PackageTarget): string {
  if (target.platform !== 'linux') throw new Error('the archive of the agent is built on Linux');
  const scratch = mkdtempSync(join(tmpdir(), 'fibric-tarball-'));
  try {
    const staged = join(scratch, 'staged');
    const { version } = stageAgent(root, staged, target);
    const name = `fibric-edge-${version}-${target.platform}-${target.arch}`;
    const program = join(staged, 'fibric-edge');
    writeFileSync(program, starter.replace('TARGET', `${target.platform}-${target.arch}`));
    setModes(staged, [program, join(staged, 'node_modules', `node-${target.platform}-${target.arch}`, 'bin', 'node')]);
    mkdirSync(outFolder, { recursive: true });
    const file = join(outFolder, `${name}.tar.gz`);
    const rename = `--transform=s,^staged,${name},`;
    execFileSync(
      'tar',
      [
        '--create',
        '--gzip',
        '--sort=name',
        '--owner=0',
        '--group=0',
        '--numeric-owner',
        rename,
        '-f',
        file,
        '-C',
        scratch,
        'staged',
      ],
      { stdio: 'pipe' },
    );
    return file;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

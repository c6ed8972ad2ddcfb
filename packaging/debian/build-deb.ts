import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setModes, sizeKib } from '../agent/modes.ts';
import { type PackageTarget, stageAgent } from '../agent/tree.ts';
import { controlFile, debianArchOf } from './control.ts';

const programFolder = 'usr/lib/fibric-edge';

/** Starts the package's own Node: the system's may be older, or missing. */
const wrapper = `#!/bin/sh
exec /${programFolder}/node_modules/node-linux-ARCH/bin/node /${programFolder}/bin/fibric-edge.mjs "$@"
`;

/** Files beside the program: from the project's folder, to the file system's root. */
const beside = {
  'packaging/systemd/fibric-edge.service': 'usr/lib/systemd/system/fibric-edge.service',
  'packaging/udev/60-fibric-edge.rules': 'usr/lib/udev/rules.d/60-fibric-edge.rules',
  'README.md': 'usr/share/doc/fibric-edge/README.md',
  'CHANGELOG.md': 'usr/share/doc/fibric-edge/CHANGELOG.md',
  LICENSE: 'usr/share/doc/fibric-edge/copyright',
  'docs/configuration.md': 'usr/share/doc/fibric-edge/configuration.md',
} as const;

/**
 * Builds the headless agent's Debian package into `outFolder` with `dpkg-deb`; returns its path. The project must have
 * been built. `level` is how hard it is compressed, 1 to 9. The same sources give the same bytes, when SOURCE_DATE_EPOCH is set.
 */
export function buildDeb(
  root: string,
  outFolder: string,
  target: PackageTarget,
  { level = 9 }: { readonly level?: number } = {},
): string {
  if (target.platform !== 'linux') throw new Error('the Debian package of the agent is built on Linux');
  const scratch = mkdtempSync(join(tmpdir(), 'fibric-deb-'));
  try {
    const tree = join(scratch, 'tree');
    const { version } = stageAgent(root, join(tree, programFolder), target);
    for (const [from, to] of Object.entries(beside)) {
      mkdirSync(dirname(join(tree, to)), { recursive: true });
      cpSync(join(root, from), join(tree, to));
    }
    mkdirSync(join(tree, 'usr/bin'), { recursive: true });
    writeFileSync(join(tree, 'usr/bin/fibric-edge'), wrapper.replace('ARCH', target.arch));
    setModes(tree, [join(tree, 'usr/bin/fibric-edge'), nodeOf(tree, target)]);
    const control = join(tree, 'DEBIAN');
    mkdirSync(control, { mode: 0o755 });
    writeFileSync(
      join(control, 'control'),
      controlFile({ version, arch: target.arch, installedKib: sizeKib(join(tree, 'usr')) }),
    );
    for (const script of ['preinst', 'postinst', 'prerm', 'postrm']) {
      cpSync(join(root, 'packaging/debian/scripts', script), join(control, script));
      chmodSync(join(control, script), 0o755);
    }
    mkdirSync(outFolder, { recursive: true });
    const file = join(outFolder, `fibric-edge_${version}_${debianArchOf(target.arch)}.deb`);
    execFileSync('dpkg-deb', ['--build', '--root-owner-group', '-Zzstd', `-z${level}`, tree, file], { stdio: 'pipe' });
    return file;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function nodeOf(tree: string, { platform, arch }: PackageTarget): string {
  return join(tree, programFolder, 'node_modules', `node-${platform}-${arch}`, 'bin', 'node');
}

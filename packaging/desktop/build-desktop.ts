import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Arch, build, Platform } from 'electron-builder';
import type { PackageTarget } from '../agent/tree.ts';
import { desktopConfig } from './config.ts';
import { type UpdateSource, writeRelease } from './release.ts';
import { stageDesktop } from './stage.ts';

/** The packages of the desktop program, and the system that each is built on. */
export const desktopKinds = {
  'desktop-deb': { platform: 'linux', target: 'deb', what: 'the desktop program as a Debian package' },
  appimage: { platform: 'linux', target: 'AppImage', what: 'the desktop program as one file, for one user' },
  'desktop-folder': { platform: null, target: 'dir', what: 'the desktop program as a folder, to be looked at' },
  nsis: { platform: 'win32', target: 'nsis', what: 'the installer for Windows, for one user or for all' },
  dmg: { platform: 'darwin', target: 'dmg', what: 'the desktop program for macOS, to be dragged to Applications' },
  zip: { platform: 'darwin', target: 'zip', what: 'the same as an archive, which updates are made of' },
} as const satisfies Record<
  string,
  { readonly platform: PackageTarget['platform'] | null; readonly target: string; readonly what: string }
>;
/** One of {@link desktopKinds}. */
export type DesktopKind = keyof typeof desktopKinds;

/** What is built, and from what. */
export interface DesktopBuild {
  readonly kinds: readonly DesktopKind[];
  readonly target: PackageTarget;
  /** The folder with Electron's program, and its version. */
  readonly electron: { readonly folder: string; readonly version: string };
  readonly updates: UpdateSource | null;
  readonly say: (text: string) => void;
}

const platforms = { linux: Platform.LINUX, win32: Platform.WINDOWS, darwin: Platform.MAC } as const;

/**
 * Builds packages of the desktop program into `out`; resolves with the paths of files and folders. The project must have been built. Rejects
 * when a kind is another system's, when a native module is missing, or with what electron-builder says.
 */
export async function buildDesktop(
  root: string,
  out: string,
  { kinds, target, electron, updates, say }: DesktopBuild,
): Promise<readonly string[]> {
  for (const kind of kinds) {
    const { platform } = desktopKinds[kind];
    if (platform !== null && platform !== target.platform)
      throw new Error(`${kind} is built on ${systemNames[platform]}; this is ${systemNames[target.platform]}`);
  }
  const scratch = mkdtempSync(join(tmpdir(), 'fibric-desktop-'));
  try {
    const staged = join(scratch, 'program');
    say('gathering the program and its packages…');
    const { version } = stageDesktop(root, staged, target);
    const releaseFile = join(scratch, 'release.json');
    writeRelease(releaseFile, version, updates);
    say(`packing with Electron ${electron.version}…`);
    const files = await build({
      projectDir: staged,
      publish: 'never',
      targets: platforms[target.platform].createTarget(
        kinds.map((kind) => desktopKinds[kind].target),
        target.arch === 'arm64' ? Arch.arm64 : Arch.x64,
      ),
      config: desktopConfig({
        root,
        out,
        target,
        electronDist: electron.folder,
        electronVersion: electron.version,
        releaseFile,
        updatesUrl: updates?.url ?? null,
      }),
    });
    return kinds.includes('desktop-folder') ? [...files, join(out, folderOf(target))] : files;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** The folder that electron-builder fills before it makes packages of it. */
function folderOf({ platform, arch }: PackageTarget): string {
  const suffix = arch === 'x64' ? '' : `-${arch}`;
  if (platform === 'darwin') return `mac${suffix}`;
  return `${platform === 'win32' ? 'win' : 'linux'}${suffix}-unpacked`;
}

const systemNames = { linux: 'Linux', win32: 'Windows', darwin: 'macOS' } as const;

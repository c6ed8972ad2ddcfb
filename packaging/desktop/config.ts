import { join } from 'node:path';
import type { Configuration } from 'electron-builder';
import type { PackageTarget } from '../agent/tree.ts';

/** What the configuration is made of. Paths are absolute. */
export interface DesktopConfigFacts {
  readonly root: string;
  readonly out: string;
  readonly target: PackageTarget;
  /** A folder with Electron's unpacked program; null: electron-builder fetches it. */
  readonly electronDist: string | null;
  readonly electronVersion: string;
  /** What {@link writeRelease} wrote. */
  readonly releaseFile: string;
  /** Where `latest*.yml` and its files will lie; null: this build looks for no updates. */
  readonly updatesUrl: string | null;
}

/** The command that starts the program on Linux. */
export const executableName = 'fibric-edge-desktop';

/** Libraries that Electron's own program is linked with, and those of the native modules. The rest it loads if it is there. */
const debDepends = [
  'adduser',
  'libasound2 | libasound2t64',
  'libatspi2.0-0 | libatspi2.0-0t64',
  'libc6 (>= 2.34)',
  'libgbm1',
  'libgtk-3-0 | libgtk-3-0t64',
  'libnss3',
  'libstdc++6',
  'libudev1',
  'libusb-1.0-0',
  'libuuid1',
  'libxtst6',
  'xdg-utils',
];
const debRecommends = ['libnotify4', 'libsecret-1-0', 'libayatana-appindicator3-1', 'udev'];

/**
 * What electron-builder makes of the staged program: deb and AppImage on Linux, an installer for one user or for all on
 * Windows, dmg and zip on macOS. Nothing of the project's own folder goes in but what was staged.
 */
export function desktopConfig(facts: DesktopConfigFacts): Configuration {
  const { root, out, target, electronDist, electronVersion, releaseFile, updatesUrl } = facts;
  const icons = join(root, 'dist', 'icons');
  const scripts = join(root, 'packaging', 'desktop', 'deb');
  const linux = target.platform === 'linux';
  return {
    appId: 'io.fibric.edge',
    // A space would be in the path of the program under /opt, and in every rule and profile that names it.
    productName: linux ? executableName : 'Fibric Edge',
    copyright: 'Fibric Edge contributors, Apache-2.0',
    directories: { output: out, buildResources: icons },
    files: ['dist/**/*', 'package.json', 'LICENSE', 'THIRD-PARTY.txt', { from: 'node_modules', to: 'node_modules' }],
    extraMetadata: {
      desktopName: `${executableName}.desktop`,
      author: { name: 'Fibric Edge', email: 'edge@fibric.io' },
      homepage: 'https://fibric.io',
    },
    extraResources: [{ from: releaseFile, to: 'release.json' }],
    asar: true,
    // A native module is opened by the system, which knows no archives.
    asarUnpack: ['**/*.node'],
    electronVersion,
    ...(electronDist === null ? {} : { electronDist }),
    electronLanguages: ['en-US', 'de', 'es', 'zh-CN'],
    // Every native module is Node-API and ready-made; a rebuild would fetch headers.
    npmRebuild: false,
    electronFuses: {
      runAsNode: false,
      // The window's cookies rest on no disk; turned on, it would ask the desktop's keychain for a key at each start.
      enableCookieEncryption: false,
      enableNodeOptionsEnvironmentVariable: false,
      enableNodeCliInspectArguments: false,
      enableEmbeddedAsarIntegrityValidation: true,
      onlyLoadAppFromAsar: true,
      loadBrowserProcessSpecificV8Snapshot: false,
      grantFileProtocolExtraPrivileges: false,
      resetAdHocDarwinSignature: target.platform === 'darwin',
    },
    publish: updatesUrl === null ? null : { provider: 'generic', url: updatesUrl },
    toolsets: { appimage: '1.0.3' },
    linux: {
      target: [
        { target: 'deb', arch: [target.arch] },
        { target: 'AppImage', arch: [target.arch] },
      ],
      executableName,
      syncDesktopName: true,
      icon: icons,
      category: 'Utility',
      maintainer: 'Fibric Edge <edge@fibric.io>',
      vendor: 'Fibric Edge',
      synopsis: 'devices next to this machine, in the tray and a window',
      description:
        'Finds devices on serial ports, USB and the network, wraps each as a local MCP server, and shows how they are. Uses the agent that runs as a service (package fibric-edge) where there is one, else starts one of its own.',
      desktop: { entry: { Name: 'Fibric Edge', GenericName: 'Hardware connectors', StartupNotify: 'true' } },
    },
    deb: {
      packageName: executableName,
      // Not the name of the agent's package, which lies in the same folder.
      artifactName: artifact(`${executableName}_{version}_{arch}.deb`),
      packageCategory: 'misc',
      priority: 'optional',
      depends: debDepends,
      recommends: debRecommends,
      afterInstall: join(scripts, 'postinst'),
      afterRemove: join(scripts, 'postrm'),
      appArmorProfile: join(scripts, 'apparmor-profile'),
      fpm: [
        '--deb-suggests',
        'fibric-edge',
        // The agent's package has the same rules under their own name; either may be removed without the other.
        `${join(root, 'packaging', 'udev', '60-fibric-edge.rules')}=/usr/lib/udev/rules.d/60-${executableName}.rules`,
        `${join(root, 'LICENSE')}=/usr/share/doc/${executableName}/copyright`,
      ],
    },
    // One name for all versions: the file stays where it was put, and so does what starts it at sign-in.
    appImage: { artifactName: artifact('Fibric-Edge-{arch}.AppImage') },
    win: { target: [{ target: 'nsis', arch: [target.arch] }], icon: join(icons, 'icon.ico') },
    nsis: {
      // Asks whether it is for this user or for all; only the latter needs an administrator.
      oneClick: false,
      perMachine: false,
      allowElevation: true,
      selectPerMachineByDefault: false,
      allowToChangeInstallationDirectory: true,
      deleteAppDataOnUninstall: false,
      shortcutName: 'Fibric Edge',
      artifactName: artifact('Fibric-Edge-Setup-{version}-{arch}.{ext}'),
    },
    mac: {
      target: [
        { target: 'dmg', arch: [target.arch] },
        { target: 'zip', arch: [target.arch] },
      ],
      icon: join(icons, 'icon.icns'),
      category: 'public.app-category.utilities',
      hardenedRuntime: true,
      artifactName: artifact('Fibric-Edge-{version}-{arch}.{ext}'),
    },
  };
}

/** A file name with the places that electron-builder fills in: `${version}`. */
function artifact(name: string): string {
  return name.replaceAll('{', '${');
}

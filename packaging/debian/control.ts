/** What a Debian control file says of the agent's package (Debian Policy, 5.3). */
export interface ControlFacts {
  readonly version: string;
  readonly arch: 'x64' | 'arm64';
  readonly installedKib: number;
}

const debianArch = { x64: 'amd64', arm64: 'arm64' } as const;

/** Debian's name of the architecture. */
export function debianArchOf(arch: ControlFacts['arch']): 'amd64' | 'arm64' {
  return debianArch[arch];
}

/** The text of `DEBIAN/control`. */
export function controlFile({ version, arch, installedKib }: ControlFacts): string {
  return [
    'Package: fibric-edge',
    `Version: ${version}`,
    `Architecture: ${debianArch[arch]}`,
    'Maintainer: Fibric Edge <edge@fibric.io>',
    `Installed-Size: ${installedKib}`,
    // The native modules' own: glibc's version is better-sqlite3's, the other two are node-hid's.
    'Depends: adduser, libc6 (>= 2.34), libstdc++6, libudev1, libusb-1.0-0',
    'Recommends: udev, init-system-helpers',
    'Section: misc',
    'Priority: optional',
    'Description: agent that runs next to hardware',
    ' Finds devices on serial ports, USB and the network, wraps each as a local MCP',
    ' server, and serves them by capability: weight.read, label.print, access.unlock.',
    ' .',
    ' This package is the agent without a desktop: a service of its own user.',
    '',
  ].join('\n');
}

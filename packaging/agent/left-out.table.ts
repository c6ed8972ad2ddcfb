/** Packages that the build has copied into `dist`; their own dependencies are still needed. */
export const builtIn: readonly RegExp[] = [/^zod$/, /^@modelcontextprotocol\//];

/** Packages that only the desktop program loads. */
export const desktopOnly: readonly RegExp[] = [/^electron-updater$/];

/** Folders and files of packages that no running agent reads: sources, headers, documentation. Paths are within the package. */
export const leftOut: readonly { readonly package: RegExp; readonly path: RegExp }[] = [
  { package: /^better-sqlite3$/, path: /^(?:deps|src|binding\.gyp)(?:\/|$)/ },
  { package: /^node-(?:linux|win)-/, path: /^(?:include|share|CHANGELOG\.md|README\.md)(?:\/|$)/ },
  { package: /^node-hid$/, path: /^(?:hidapi|src|binding\.gyp)(?:\/|$)/ },
  { package: /^@serialport\/bindings-cpp$/, path: /^(?:src|binding\.gyp)(?:\/|$)/ },
  // The library of Alpine, which none of these packages is for.
  { package: /^@serialport\/bindings-cpp$/, path: /\.musl\.node$/ },
  { package: /^node-addon-api$/, path: /./ },
  { package: /^dejavu-fonts-ttf$/, path: /^ttf\/(?!DejaVuSansMono\.ttf$)./ },
  { package: /./, path: /^(?:test|tests|__tests__|docs?|examples?|\.github)(?:\/|$)/ },
  { package: /./, path: /\.(?:d\.[cm]?ts|[cm]?ts|map|markdown)$/ },
];

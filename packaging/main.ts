/** `npm run package`: what people install, into `packages/`. */
import { statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { buildTarball } from './agent/build-tarball.ts';
import { sizeKib } from './agent/modes.ts';
import type { PackageTarget } from './agent/tree.ts';
import { buildDeb } from './debian/build-deb.ts';
import { buildDesktop, type DesktopKind, desktopKinds } from './desktop/build-desktop.ts';
import { findElectron } from './desktop/electron-dist.ts';
import { readUpdateSource } from './desktop/release.ts';
import { signFeed } from './desktop/sign-feed.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const agentKinds = {
  deb: { make: buildDeb, what: 'the agent without a desktop as a Debian package: a service of its own user' },
  tarball: { make: buildTarball, what: 'the same, to be unpacked anywhere' },
} as const;
const isDesktop = (kind: string): kind is DesktopKind => Object.hasOwn(desktopKinds, kind);
const isAgent = (kind: string): kind is keyof typeof agentKinds => Object.hasOwn(agentKinds, kind);
const rows = Object.entries({ ...agentKinds, ...desktopKinds }).map(
  ([kind, { what }]) => `  ${kind.padEnd(16)}${what}`,
);

const help = `npm run package -- [KIND...] [--out FOLDER] [options of the desktop program]
npm run package -- sign FEED.yml --key PRIVATE.pem

${rows.join('\n')}

Without a name: all that this system builds. The default folder is packages/.
The desktop program needs Electron's own program, which npm does not install: node node_modules/electron/install.js fetches it once.

  --electron FOLDER     take Electron from this folder
  --updates-url URL     where the program looks for newer versions (https); without it, it looks nowhere
  --updates-key FILE    the public key (Ed25519, PEM) of whoever signs them
  sign                  signs latest*.yml, which electron-builder writes beside a package, before it is published
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    out: { type: 'string' },
    electron: { type: 'string' },
    'updates-url': { type: 'string' },
    'updates-key': { type: 'string' },
    key: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  },
});
const say = (text: string): void => void process.stderr.write(`${text}\n`);

const wrong = positionals[0] === 'sign' ? undefined : positionals.find((kind) => !isAgent(kind) && !isDesktop(kind));
if (values.help === true) process.stdout.write(help);
else if (wrong !== undefined) {
  say(`There is no package ${wrong}.\n\n${help}`);
  process.exitCode = 2;
} else {
  try {
    if (positionals[0] === 'sign') sign(positionals.slice(1));
    else await makeAll();
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}

function sign(files: readonly string[]): void {
  const { key } = values;
  if (key === undefined || files.length === 0) throw new Error('what to sign, and with which key? See --help.');
  for (const file of files) {
    signFeed(file, key);
    say(`${file} is signed.`);
  }
}

async function makeAll(): Promise<void> {
  const target = targetHere();
  const out = values.out ?? join(root, 'packages');
  const all = positionals.length === 0;
  for (const [kind, { make }] of Object.entries(agentKinds)) {
    if (all ? target.platform !== 'linux' : !positionals.includes(kind)) continue;
    say(`${kind}: ${agentKinds[kind as keyof typeof agentKinds].what}…`);
    tell(make(root, out, target));
  }
  const kinds = all
    ? Object.entries(desktopKinds).flatMap(([kind, { platform }]) =>
        platform === target.platform && isDesktop(kind) ? [kind] : [],
      )
    : positionals.filter(isDesktop);
  if (kinds.length === 0) return;
  const electron = findElectron(root, values.electron ?? null, target.platform);
  if ('missing' in electron) {
    if (!all) throw new Error(electron.missing);
    say(`Left out: ${kinds.join(', ')}. ${electron.missing}`);
    return;
  }
  const updates = readUpdateSource(values['updates-url'], values['updates-key']);
  if (updates === null) say('Without --updates-url, what is built looks for no updates.');
  for (const file of await buildDesktop(root, out, { kinds, target, electron, updates, say })) tell(file);
}

function tell(file: string): void {
  const bytes = statSync(file).isDirectory() ? sizeKib(file) * 1024 : statSync(file).size;
  const megabytes = (bytes / 1e6).toFixed(1);
  process.stdout.write(`${relative(process.cwd(), file)}  ${megabytes} MB\n`);
}

/** Native modules come ready-made for the system that installs them: a package is built where it will run. */
function targetHere(): PackageTarget {
  const { platform, arch } = process;
  const known = platform === 'linux' || platform === 'win32' || platform === 'darwin';
  if (known && (arch === 'x64' || arch === 'arm64')) return { platform, arch };
  throw new Error(`these packages are for Linux, Windows and macOS on x64 and arm64; this is ${platform} on ${arch}`);
}

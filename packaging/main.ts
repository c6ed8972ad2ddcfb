/** `npm run package`: what people install, into `packages/`. */
import { statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { buildTarball } from './agent/build-tarball.ts';
import type { PackageTarget } from './agent/tree.ts';
import { buildDeb } from './debian/build-deb.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const makers = { deb: buildDeb, tarball: buildTarball } as const;
const kinds = Object.keys(makers);

const help = `npm run package -- [${kinds.join('|')}...] [--out FOLDER]

  deb       the agent without a desktop as a Debian package: a service of its own user
  tarball   the same, to be unpacked anywhere

Without a name, all of them. The default folder is packages/.
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { out: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
});
const wrong = positionals.find((kind) => !(kind in makers));
if (values.help === true) process.stdout.write(help);
else if (wrong !== undefined) {
  process.stderr.write(`There is no package ${wrong}.\n\n${help}`);
  process.exitCode = 2;
} else {
  const target = targetHere();
  for (const [kind, make] of Object.entries(makers)) {
    if (positionals.length > 0 && !positionals.includes(kind)) continue;
    const file = make(root, values.out ?? join(root, 'packages'), target);
    const megabytes = (statSync(file).size / 1e6).toFixed(1);
    process.stdout.write(`${relative(process.cwd(), file)}  ${megabytes} MB\n`);
  }
}

/** Native modules come ready-made for the system that installs them: a package is built where it will run. */
function targetHere(): PackageTarget {
  const { platform, arch } = process;
  if (platform === 'linux' && (arch === 'x64' || arch === 'arm64')) return { platform, arch };
  throw new Error(`these packages are for Linux on x64 and arm64; this is ${platform} on ${arch}`);
}

import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { z } from 'zod';
import { desktopOnly, leftOut } from './left-out.table.ts';
import { type ProductionPackage, productionPackages } from './production-packages.ts';

const manifestSchema = z.looseObject({ version: z.string() });

/** What a package is built for; only what this machine's npm installed can be packed. */
export interface PackageTarget {
  readonly platform: 'linux' | 'win32' | 'darwin';
  readonly arch: 'x64' | 'arm64';
}

/** What was staged. */
export interface ProgramTree {
  readonly version: string;
  readonly packages: readonly ProductionPackage[];
}

/**
 * Puts the built agent with everything it needs to run, its own Node included, into `folder`, which is emptied first. It
 * runs from wherever the folder is moved to. Throws when the project was not built, or when a package for the target is
 * not installed here.
 */
export function stageAgent(root: string, folder: string, target: PackageTarget): ProgramTree {
  const node = `node-${target.platform}-${target.arch}`;
  const tree = stageProgram(root, folder, target, {
    also: [node],
    without: desktopOnly,
    files: ['bin/fibric-edge.mjs', 'setup/registry-node.mjs', 'README.md', 'CHANGELOG.md'],
    keeps: (path) => !/^(?:main\/shell|icons)(?:\/|$)/.test(path),
    fields: ['name', 'version', 'description', 'license', 'type'],
  });
  if (!tree.packages.some(({ name }) => name === node)) {
    throw new Error(`${node} is not installed here: build the package on ${target.platform}-${target.arch}`);
  }
  return tree;
}

/** What of the project goes into a tree beside its packages. */
export interface TreeContents {
  /** Optional packages of the project that go with it. */
  readonly also: readonly string[];
  /** Packages of the project that don't. */
  readonly without: readonly RegExp[];
  /** Files of the project, beside the licence. */
  readonly files: readonly string[];
  /** Which paths within `dist`. */
  readonly keeps: (path: string) => boolean;
  /** Fields of `package.json`. */
  readonly fields: readonly string[];
}

/** Stages the built project with the packages that it loads, for the target alone. `folder` is emptied first. */
export function stageProgram(
  root: string,
  folder: string,
  target: PackageTarget,
  { also, without, files, keeps, fields }: TreeContents,
): ProgramTree {
  const manifest = manifestSchema.parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')));
  const lockfile: unknown = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  const packages = productionPackages(root, lockfile, { also, without });
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const each of packages) copyPackage(root, folder, each, packages, target);
  cpSync(join(root, 'dist'), join(folder, 'dist'), {
    recursive: true,
    filter: (path) =>
      !/\.map$|[\\/]\.built-from$/.test(path) && keeps(relative(join(root, 'dist'), path).replaceAll('\\', '/')),
  });
  for (const file of [...files, 'LICENSE']) cpSync(join(root, file), join(folder, file));
  const kept = Object.fromEntries(fields.map((field) => [field, manifest[field]]));
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(kept, null, 2)}\n`);
  writeFileSync(join(folder, 'THIRD-PARTY.txt'), notices(root, packages));
  return { version: manifest.version, packages };
}

function copyPackage(
  root: string,
  folder: string,
  { name, folder: place }: ProductionPackage,
  packages: readonly ProductionPackage[],
  target: PackageTarget,
): void {
  const from = join(root, place);
  const rules = leftOut.filter((rule) => rule.package.test(name));
  cpSync(from, join(folder, place), {
    recursive: true,
    filter: (path) => {
      const within = relative(from, path).replaceAll('\\', '/');
      if (within === '') return true;
      // Nested packages are copied by themselves, if they are needed.
      if (within.startsWith('node_modules/'))
        return packages.some((other) => other.folder.startsWith(`${place}/${within}`));
      return !rules.some((rule) => rule.path.test(within)) && isFor(target, within);
    },
  });
}

/** Prebuilt binaries of other systems stay away; what is no binary is for all. */
function isFor({ platform, arch }: PackageTarget, path: string): boolean {
  const prebuild = /^prebuilds\/([^/]+)/.exec(path)?.[1];
  if (prebuild === undefined) return true;
  // macOS' may be for both kinds of processor at once: darwin-x64+arm64.
  return new RegExp(`(?:^|-)${platform}-(?:[a-z0-9]+\\+)*${arch}(?:\\+[a-z0-9]+)*(?:\\.node)?$`).test(prebuild);
}

/** The names and licence texts of what is shipped. */
function notices(root: string, packages: readonly ProductionPackage[]): string {
  const texts = packages.map(({ name, version, folder }) => {
    const files = readdirSync(join(root, folder)).filter((file) => /^(?:licen[cs]e|notice|copying)/i.test(file));
    const licences = files.map((file) => readFileSync(join(root, folder, file), 'utf8').trim());
    return [`${name} ${version}`, ...licences].join('\n\n');
  });
  return `${texts.join(`\n\n${'-'.repeat(79)}\n\n`)}\n`;
}

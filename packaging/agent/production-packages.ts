import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { builtIn } from './left-out.table.ts';

const dependencies = z.record(z.string(), z.string()).default({});
const lockSchema = z.object({
  packages: z.record(
    z.string(),
    z.object({ version: z.string().optional(), dependencies, optionalDependencies: dependencies }),
  ),
});

/** A package of the running agent. */
export interface ProductionPackage {
  readonly name: string;
  readonly version: string;
  /** Its folder from the project's: `node_modules/express`. */
  readonly folder: string;
}

/**
 * Every installed package that the built agent may load: the project's dependencies and theirs, as npm's lockfile places
 * them, without what the build has copied. `root` holds the lockfile and `node_modules`; packages that were not installed
 * (another platform's) are not among them. `also` names optional packages of the project itself that go with it, `without`
 * those that don't, with all that only they need.
 */
export function productionPackages(
  root: string,
  lockfile: unknown,
  { also, without }: { readonly also: readonly string[]; readonly without: readonly RegExp[] },
): readonly ProductionPackage[] {
  const { packages } = lockSchema.parse(lockfile);
  const found = new Map<string, ProductionPackage>();
  const visit = (names: readonly string[], from: string): void => {
    for (const name of names) {
      const folder = placeOf(name, from, packages);
      if (folder === null || found.has(folder) || !existsSync(join(root, folder))) continue;
      const entry = packages[folder];
      if (entry === undefined) continue;
      found.set(folder, { name, version: entry.version ?? '0.0.0', folder });
      visit([...Object.keys(entry.dependencies), ...Object.keys(entry.optionalDependencies)], folder);
    }
  };
  const own = Object.keys(packages['']?.dependencies ?? {}).filter((name) => !without.some((each) => each.test(name)));
  visit([...own, ...also], '');
  return [...found.values()]
    .filter(({ name }) => !builtIn.some((pattern) => pattern.test(name)))
    .sort((left, right) => left.folder.localeCompare(right.folder));
}

/** Node's own search: the nearest `node_modules` upwards that has it. */
function placeOf(name: string, from: string, packages: Readonly<Record<string, unknown>>): string | null {
  for (let folder = from; ; folder = folder.slice(0, folder.lastIndexOf('/node_modules/'))) {
    const place = `${folder === '' ? '' : `${folder}/`}node_modules/${name}`;
    if (place in packages) return place;
    if (folder === '') return null;
    if (!folder.includes('/node_modules/')) folder = '/node_modules/';
  }
}

import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CpioWriter } from './cpio.ts';

/** Where the agent lies in the guest. */
export const agentFolder = '/opt/fibric-edge';

/** Compiled into `dist` already, or the Node that the guest has anyway. */
const leftOut = /^(?:zod|hono|@hono\/.*|@modelcontextprotocol\/.*|node-(?:linux|win)-.*)$/;

/** Names of what the running agent loads from `node_modules`. */
function packagesOf(root: string): readonly string[] {
  const lockfile: { packages: Record<string, { dev?: boolean; optional?: boolean }> } = JSON.parse(
    readFileSync(join(root, 'package-lock.json'), 'utf8'),
  );
  return Object.entries(lockfile.packages)
    .filter(([path, { dev }]) => path.startsWith('node_modules/') && dev !== true && existsSync(join(root, path)))
    .map(([path]) => path.slice('node_modules/'.length))
    .filter((name) => !name.includes('/node_modules/') && !leftOut.test(name));
}

/** Every native part of the agent for this machine. */
export function nativeAddons(root: string): readonly string[] {
  return packagesOf(root)
    .flatMap((name) => globSync('**/*.node', { cwd: join(root, 'node_modules', name) }).map((file) => join(name, file)))
    .filter(isForThisMachine)
    .map((file) => join(root, 'node_modules', file));
}

/** Puts the built agent and the packages it loads under {@link agentFolder}. */
export function addAgent(archive: CpioWriter, root: string): void {
  const at = agentFolder.slice(1);
  for (const folder of ['bin', 'dist', 'setup']) {
    archive.addFolder(join(root, folder), `${at}/${folder}`, (path) => !path.endsWith('.map'));
  }
  archive.addFile(`${at}/package.json`, readFileSync(join(root, 'package.json')), 0o644);
  for (const name of packagesOf(root)) {
    archive.addFolder(
      join(root, 'node_modules', name),
      `${at}/node_modules/${name}`,
      (path) => !/\.(?:map|md|d\.[cm]?ts|c|cc|cpp|h|gypi?|tar\.gz)$/.test(path) && isForThisMachine(path),
    );
  }
}

/** Native packages bring a binary for every system. */
function isForThisMachine(path: string): boolean {
  if (!path.endsWith('.node')) return true;
  return /linux[-_.]?x64/.test(path) && !/musl/.test(path);
}

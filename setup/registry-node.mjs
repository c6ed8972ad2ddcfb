import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** The Node major that the product runs on. */
export const NODE_MAJOR = 24;

/**
 * The Node that npm installed from the registry, by its path: npm 10 drops the `.bin/node` link when packages for other
 * platforms are skipped, so the link is never relied on.
 * @param {string} root folder that holds `node_modules`
 * @returns {string | null}
 */
export function registryNode(root) {
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const executable = process.platform === 'win32' ? 'node.exe' : 'node';
  const path = join(root, 'node_modules', `node-${platform}-${process.arch}`, 'bin', executable);
  return existsSync(path) ? path : null;
}

/**
 * A Node of the right major: the registry's, else the one that runs this if it is new enough.
 * @param {string} root
 * @returns {string | null}
 */
export function suitableNode(root) {
  const fromRegistry = registryNode(root);
  if (fromRegistry !== null) return fromRegistry;
  return Number(process.versions.node.split('.')[0]) >= NODE_MAJOR ? process.execPath : null;
}

import { join } from 'node:path';
import { type PackageTarget, type ProgramTree, stageProgram } from '../agent/tree.ts';
import { checkNativeModules } from './native-modules.ts';

/**
 * Puts the desktop program into `folder` as it goes into its archive: the compiled shell and agent, and the packages that
 * they load, for the target alone. No Node: Electron is one. Throws when a native module is missing or is another system's.
 */
export function stageDesktop(root: string, folder: string, target: PackageTarget): ProgramTree {
  const tree = stageProgram(root, folder, target, {
    also: [],
    without: [],
    files: [],
    // Icons in `dist/icons` are for whoever builds; the program's own are beside its pages.
    keeps: (path) => !/^icons(?:\/|$)/.test(path),
    fields: ['name', 'version', 'description', 'license', 'type', 'main'],
  });
  checkNativeModules(join(folder, 'node_modules'), target);
  return tree;
}

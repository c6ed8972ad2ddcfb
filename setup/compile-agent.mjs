/**
 * Compiles the agent and the shell's main process from `main` and `drivers` into `dist`, file by file, on the registry's Node. Types are checked by
 * `npm test`, not here.
 */
import { globSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Whatever is started by its path: the launcher's imports, threads, and the simulators' process. */
const entries = [
  'main/cli/main.ts',
  'main/cli/commands/run.ts',
  'main/config/thread-pool.ts',
  'main/agent/forked.ts',
  'main/shell/desktop/main.ts',
  'drivers/simulator-host/main.ts',
  ...globSync('main/*/*-thread.ts', { cwd: root }),
];

/** Copied into `dist` without what is not used of them: whole, they took 7 MB more of an agent that runs for a year. */
const trimmed = /^(?:zod|@modelcontextprotocol)(?:\/|$)/;
const inTrimmed = /[\\/]node_modules[\\/](?:zod|@modelcontextprotocol)[\\/]/;

const bundle = await rolldown({
  cwd: root,
  input: Object.fromEntries(entries.map((file) => [file.replace(/\.ts$/, ''), file])),
  platform: 'node',
  external: (id) => /^[^./\\]/.test(id) && !/^[a-z]:[\\/]/i.test(id) && !trimmed.test(id),
  treeshake: { moduleSideEffects: (id) => !inTrimmed.test(id) },
});
await bundle.write({
  dir: join(root, 'dist'),
  format: 'esm',
  preserveModules: true,
  preserveModulesRoot: root,
  entryFileNames: '[name].js',
  // V8 keeps the text of every module, at two bytes a character as soon as a comment has a dash that is not ASCII.
  minify: { compress: false, mangle: false, codegen: { removeWhitespace: true } },
  comments: false,
  sourcemap: true,
});

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fail, say } from './report.mjs';

const sources = ['drivers', 'hub', 'main', 'renderer', 'setup', 'tsconfig.json', 'package-lock.json'];

/**
 * Compiles the agent, the window and the hub's page into `dist`, when a source changed since the last time.
 * @param {string} root
 * @param {string} node
 */
export function build(root, node) {
  const stampFile = join(root, 'dist', '.built-from');
  const wanted = fingerprint(root);
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === wanted) return;
  say('building…');
  rmSync(join(root, 'dist'), { recursive: true, force: true });
  const run = (...args) => {
    const result = spawnSync(node, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8' });
    if (result.status !== 0) fail(`the build failed:\n${result.stdout}${result.stderr}`);
  };
  run(join('setup', 'compile-agent.mjs'));
  run(join('setup', 'compile-shell.mjs'));
  const vite = join('node_modules', 'vite', 'bin', 'vite.js');
  for (const config of ['renderer/vite.config.ts', 'renderer/hub.vite.config.ts'])
    run(vite, 'build', '--logLevel', 'error', '--config', config);
  writeFileSync(stampFile, wanted);
}

/** Names, sizes and times of every source file: quick, and changes whenever one does. */
function fingerprint(root) {
  const hash = createHash('sha256');
  const visit = (path) => {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat === undefined) return;
    if (stat.isDirectory()) {
      for (const name of readdirSync(path).sort()) visit(join(path, name));
      return;
    }
    hash.update(`${path}\0${stat.size}\0${stat.mtimeMs}\n`);
  };
  for (const source of sources) visit(join(root, source));
  return hash.digest('hex');
}

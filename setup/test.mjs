/**
 * `npm test`: the static checks, then the quick tests, then those that start whole agents one file at a time.
 * Ends with one line, `N passed, N failed[, N skipped]`, and prints the reason of every skip.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const bin = (name, ...path) => join(root, 'node_modules', name, ...path);
const filters = process.argv.slice(2);
const projects = [
  ['unit', 'tests of each room'],
  ['whole', 'tests of whole agents'],
  ['electron', 'tests of the shell'],
  ['packages', 'tests of the packages'],
  ['kernel', 'tests on a real kernel'],
];
const total = { passed: 0, failed: 0, skipped: 0 };

function run(title, ...args) {
  process.stdout.write(`\n— ${title}\n`);
  return (
    spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit', env: { ...process.env, NODE_ENV: 'test' } })
      .status === 0
  );
}

function check(title, ...args) {
  total[run(title, ...args) ? 'passed' : 'failed'] += 1;
}

if (filters.length === 0) {
  check('types of agent, drivers and tests', bin('typescript', 'bin', 'tsc'), '-p', 'tsconfig.json');
  check('types of the shell', bin('typescript', 'bin', 'tsc'), '-p', join('main', 'shell', 'desktop', 'tsconfig.json'));
  check('types of the window', bin('typescript', 'bin', 'tsc'), '-p', 'renderer/tsconfig.json', '--noEmit');
  check('format and lint', bin('@biomejs', 'biome', 'bin', 'biome'), 'check', '.');
  check('unused files, exports and dependencies', bin('knip', 'bin', 'knip.js'));
}

mkdirSync(join(root, '.cache'), { recursive: true });
for (const [project, title] of projects) {
  const report = join(root, '.cache', `tests-${project}.json`);
  rmSync(report, { force: true });
  const ok = run(
    title,
    bin('vitest', 'vitest.mjs'),
    'run',
    '--project',
    project,
    '--passWithNoTests',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
    ...filters,
  );
  let counted;
  try {
    counted = JSON.parse(readFileSync(report, 'utf8'));
  } catch {
    counted = { numPassedTests: 0, numFailedTests: 1, numPendingTests: 0, numTodoTests: 0 };
  }
  total.passed += counted.numPassedTests;
  // A file that fails to load counts no failed test by itself.
  total.failed += counted.numFailedTests === 0 && !ok ? 1 : counted.numFailedTests;
  total.skipped += counted.numPendingTests + counted.numTodoTests;
}

process.stdout.write(
  `\n${total.passed} passed, ${total.failed} failed${total.skipped === 0 ? '' : `, ${total.skipped} skipped`}\n`,
);
process.exit(total.failed === 0 && total.passed > 0 ? 0 : 1);

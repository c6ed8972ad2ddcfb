/**
 * `npm test`: the static checks, then the quick tests, then those that start whole agents one file at a time.
 * A file that failed is run once more by itself. What failed both times is named at the end with its reason, and so is
 * what failed only the first time. Ends with one line, `N passed, N failed[, N skipped]`.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { failedFiles, failedTests, withSecondTry } from './test-report.mjs';

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
/** With more files than this failing, it is the code and not the moment. */
const SECOND_TRY_FILES = 3;
const total = { passed: 0, failed: 0, skipped: 0 };
const failures = [];
const unsteady = [];

function run(title, ...args) {
  process.stdout.write(`\n— ${title}\n`);
  return (
    spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit', env: { ...process.env, NODE_ENV: 'test' } })
      .status === 0
  );
}

function check(title, ...args) {
  const ok = run(title, ...args);
  total[ok ? 'passed' : 'failed'] += 1;
  if (!ok) failures.push({ name: title, reason: 'its output is above' });
}

/** Runs one project's tests, or some of its files: vitest's JSON report, or undefined if there was none. */
function runTests(title, project, reportName, only) {
  const report = join(root, '.cache', `tests-${reportName}.json`);
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
    ...only,
  );
  try {
    return { ok, report: JSON.parse(readFileSync(report, 'utf8')) };
  } catch {
    return { ok, report: undefined };
  }
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
  const first = runTests(title, project, project, filters);
  let outcome = withSecondTry(first.report, undefined);
  const again = first.report === undefined ? [] : failedFiles(first.report);
  if (again.length > 0 && again.length <= SECOND_TRY_FILES) {
    const files = again.map((file) => relative(root, file));
    const second = runTests(`${title}: once more, by themselves`, project, `${project}-again`, files);
    outcome = withSecondTry(first.report, second.report);
  }
  total.passed += outcome.passed;
  total.skipped += outcome.skipped;
  total.failed += outcome.failed.length;
  failures.push(...outcome.failed);
  unsteady.push(...outcome.unsteady);
  if (!first.ok && first.report !== undefined && failedTests(first.report).length === 0) {
    total.failed += 1;
    failures.push({ name: title, reason: 'the run ended with an error outside any test; its output is above' });
  }
}

const indented = (text) =>
  text
    .split('\n')
    .filter((line) => !line.includes('node_modules'))
    .slice(0, 12)
    .join('\n      ');
for (const { name, reason } of unsteady) {
  process.stdout.write(`\nfailed first, passed by itself: ${name}\n      ${indented(reason)}\n`);
}
for (const { name, reason } of failures) process.stdout.write(`\nfailed: ${name}\n      ${indented(reason)}\n`);
process.stdout.write(
  `\n${total.passed} passed, ${total.failed} failed${total.skipped === 0 ? '' : `, ${total.skipped} skipped`}\n`,
);
process.exit(total.failed === 0 && total.passed > 0 ? 0 : 1);

/** Reading of vitest's JSON reports (the shape of Jest's): what failed, and what a second try makes of it. */

const ESCAPES = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g');

/** What fast-check says of a counterexample. One found is never chance, though another seed may not find it again. */
const COUNTEREXAMPLE = /Property failed after/;

function reasonOf(messages) {
  return messages.join('\n').replace(ESCAPES, '').trim() || 'no reason was given';
}

/** Each test that failed, and each file that could not be loaded: file, name, reason. */
export function failedTests(report) {
  return report.testResults.flatMap((file) => {
    const tests = file.assertionResults.filter((test) => test.status === 'failed');
    if (tests.length === 0 && file.status === 'failed') {
      const reason = file.message || 'its process ended before its tests did, for what is said above';
      return [{ file: file.name, name: file.name, reason: reasonOf([reason]) }];
    }
    return tests.map((test) => ({
      file: file.name,
      name: `${file.name.split('/').slice(-3).join('/')} > ${test.fullName}`,
      reason: reasonOf(test.failureMessages ?? []),
    }));
  });
}

/** The files worth a second try: those that failed without a counterexample. */
export function failedFiles(report) {
  const failed = failedTests(report);
  const sure = new Set(failed.filter((test) => COUNTEREXAMPLE.test(test.reason)).map((test) => test.file));
  return [...new Set(failed.map((test) => test.file))].filter((file) => !sure.has(file));
}

/**
 * The account of a project's run. A file that was tried again counts as its second run says; what failed before and
 * passed there is `unsteady`. Without any report, that is the one failure.
 */
export function withSecondTry(first, second) {
  if (first === undefined) {
    return { passed: 0, skipped: 0, unsteady: [], failed: [{ name: 'the test runner', reason: 'it left no report' }] };
  }
  const again = new Map((second?.testResults ?? []).map((file) => [file.name, file]));
  const testResults = first.testResults.map((file) => again.get(file.name) ?? file);
  const failed = failedTests({ testResults });
  const statuses = testResults.flatMap((file) => file.assertionResults.map((test) => test.status));
  return {
    passed: statuses.filter((status) => status === 'passed').length,
    skipped: statuses.filter((status) => status !== 'passed' && status !== 'failed').length,
    failed,
    unsteady: failedTests(first).filter(
      (before) => again.has(before.file) && !failed.some((now) => now.file === before.file),
    ),
  };
}

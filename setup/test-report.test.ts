import { describe, expect, it } from 'vitest';
import { failedFiles, failedTests, withSecondTry } from './test-report.mjs';

const ESC = String.fromCharCode(27);

function fileOf(name: string, ...tests: readonly [fullName: string, status: string, reason?: string][]) {
  const failed = tests.some(([, status]) => status === 'failed');
  return {
    name,
    status: failed ? 'failed' : 'passed',
    message: '',
    assertionResults: tests.map(([fullName, status, reason]) => ({
      fullName,
      status,
      failureMessages: reason === undefined ? [] : [reason],
    })),
  };
}

const unloaded = { name: '/p/main/a.test.ts', status: 'failed', message: 'Cannot find module', assertionResults: [] };
const steady = fileOf('/p/main/b.test.ts', ['adds', 'passed'], ['later', 'skipped']);

describe('the account of a test run', () => {
  it('names what failed, with its reason and without colours', () => {
    const report = {
      testResults: [steady, fileOf('/p/main/a.test.ts', ['weighs', 'failed', `${ESC}[31mno reply${ESC}[39m`])],
    };
    expect(failedTests(report)).toEqual([
      { file: '/p/main/a.test.ts', name: 'p/main/a.test.ts > weighs', reason: 'no reply' },
    ]);
  });

  it('counts a file that could not be loaded as one failure', () => {
    const outcome = withSecondTry({ testResults: [steady, unloaded] }, undefined);
    expect(outcome).toMatchObject({ passed: 1, skipped: 1, failed: [{ reason: 'Cannot find module' }], unsteady: [] });
  });

  it('says of a file whose process ended that it did', () => {
    const ended = { ...fileOf('/p/main/a.test.ts', ['weighs', 'pending']), status: 'failed' };
    expect(failedTests({ testResults: [ended] })).toMatchObject([{ reason: expect.stringContaining('process ended') }]);
  });

  it('takes the second run of a file for what it says, and remembers what failed before', () => {
    const first = {
      testResults: [steady, fileOf('/p/main/a.test.ts', ['weighs', 'failed', 'late'], ['tares', 'passed'])],
    };
    const second = { testResults: [fileOf('/p/main/a.test.ts', ['weighs', 'passed'], ['tares', 'passed'])] };
    const outcome = withSecondTry(first, second);
    expect(outcome).toMatchObject({ passed: 3, failed: [], unsteady: [{ reason: 'late' }] });
  });

  it('has a file fail that fails twice, whatever test of it', () => {
    const first = { testResults: [fileOf('/p/main/a.test.ts', ['weighs', 'failed', 'late'], ['tares', 'passed'])] };
    const second = { testResults: [fileOf('/p/main/a.test.ts', ['weighs', 'passed'], ['tares', 'failed', 'busy'])] };
    expect(withSecondTry(first, second)).toMatchObject({ passed: 1, failed: [{ reason: 'busy' }], unsteady: [] });
  });

  it('keeps the failure of a file whose second run left no report', () => {
    const first = { testResults: [fileOf('/p/main/a.test.ts', ['weighs', 'failed', 'late'])] };
    expect(withSecondTry(first, undefined)).toMatchObject({ failed: [{ reason: 'late' }], unsteady: [] });
    expect(withSecondTry(undefined, undefined).failed).toHaveLength(1);
  });

  it('gives no second try to a counterexample', () => {
    const found = fileOf('/p/main/a.test.ts', [
      'frames',
      'failed',
      'Error: Property failed after 12 tests\n{ seed: 1 }',
    ]);
    const late = fileOf('/p/main/c.test.ts', ['waits', 'failed', 'Test timed out in 30000ms.']);
    expect(failedFiles({ testResults: [found, late, steady] })).toEqual(['/p/main/c.test.ts']);
  });
});

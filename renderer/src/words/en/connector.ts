/** A connector's page. */
export const connector = {
  test: 'Run the test',
  testing: 'Testing…',
  testPassed: 'Test passed',
  testFailed: 'Test failed',
  passed: 'passed',
  failed: 'failed',
  nothingToRead: 'nothing to read',
  uninstall: 'Uninstall…',
  uninstallTitle: 'Uninstall {name}?',
  uninstallBody:
    'Its credentials and settings are deleted, and programs can’t use {capabilities} of this device any more. Its history and tests are kept; the device shows as new.',
  keepIt: 'Keep it',
  uninstallNow: 'Uninstall {name}',
  uninstalling: 'Uninstalling…',
  uninstalled: '{name} is uninstalled.',
} as const;

/** By `mode` of a test's result. */
export const modes = { live: 'read for real', dry_run: 'tried without acting' } as const;

import { describe, it } from 'vitest';
import { standIn, standInMissing } from './support/launch.ts';
import { updatesSuite } from './updates-suite.ts';

if (standInMissing === null) updatesSuite(standIn);
else describe.skip(`updates of the shell, on the stand-in (skipped: ${standInMissing})`, () => it('runs', () => {}));

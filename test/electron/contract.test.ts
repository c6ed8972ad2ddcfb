import { describe, it } from 'vitest';
import { contractSuite } from './contract-suite.ts';
import { standIn, standInMissing } from './support/launch.ts';

if (standInMissing === null) contractSuite(standIn);
else
  describe.skip(`what the shell relies on, on the stand-in (skipped: ${standInMissing})`, () => it('runs', () => {}));

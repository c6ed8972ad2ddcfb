import { describe, it } from 'vitest';
import { attachedSuite } from './attached-suite.ts';
import { standIn, standInMissing } from './support/launch.ts';

if (standInMissing === null) attachedSuite(standIn);
else
  describe.skip(`the shell beside a running agent, on the stand-in (skipped: ${standInMissing})`, () =>
    it('runs', () => {}));

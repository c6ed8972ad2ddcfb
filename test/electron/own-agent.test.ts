import { describe, it } from 'vitest';
import { ownAgentSuite } from './own-agent-suite.ts';
import { standIn, standInMissing } from './support/launch.ts';

if (standInMissing === null) ownAgentSuite(standIn);
else
  describe.skip(`the shell with an agent of its own, on the stand-in (skipped: ${standInMissing})`, () =>
    it('runs', () => {}));

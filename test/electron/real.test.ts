import { describe, expect, it } from 'vitest';
import { attachedSuite } from './attached-suite.ts';
import { contractSuite } from './contract-suite.ts';
import { ownAgentSuite } from './own-agent-suite.ts';
import { realElectron } from './support/launch.ts';
import { updatesSuite } from './updates-suite.ts';

const found = realElectron();
if ('host' in found) {
  contractSuite(found.host);
  attachedSuite(found.host);
  ownAgentSuite(found.host);
  updatesSuite(found.host);
} else if (process.env['ELECTRON_REAL'] === '1') {
  it('has the true binary, which was asked for', () => expect(found.missing).toBeNull());
} else {
  describe.skip(`the shell on the true Electron (skipped: ${found.missing})`, () => it('runs', () => {}));
}

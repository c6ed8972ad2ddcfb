import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { conformanceBaseline } from '../support/conformance/baseline.table.ts';
import { type LinkedFixture, startLinkedFixture } from '../support/conformance/linked-fixture.ts';
import { type Revision, requiredScenarios, runRequirements } from '../support/conformance/run-suite.ts';
import { startTokenProxy, type TokenProxy } from '../support/conformance/token-proxy.ts';

describe('the MCP conformance suite, through a hub and its link', () => {
  let fixture: LinkedFixture;
  let proxy: TokenProxy;
  beforeAll(async () => {
    fixture = await startLinkedFixture();
    proxy = await startTokenProxy(fixture.origin, 'none');
  }, 240_000);
  afterAll(async () => {
    await proxy?.close();
    await fixture?.close();
  });

  it.each<Revision>(['2026-07-28', '2025-11-25'])('passes all that revision %s requires', async (revision) => {
    const { passed, failed, output } = await runRequirements(`${proxy.origin}${fixture.path}`, revision);
    const missing = requiredScenarios(revision).filter((scenario) => !passed.includes(scenario));
    expect(missing, output.slice(-8_000)).toEqual([]);
    expect(failed.filter((scenario) => !(scenario in conformanceBaseline))).toEqual([]);
  });
});

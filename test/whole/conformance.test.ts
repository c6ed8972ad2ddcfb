import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AgentProcess, makeDataDir, removeDataDir, startAgent } from './support/agent-process.ts';
import { conformanceBaseline } from './support/conformance/baseline.table.ts';
import { type FixtureAgent, startFixtureAgent } from './support/conformance/fixture-agent.ts';
import { type Revision, requiredScenarios, runRequirements, runScenario } from './support/conformance/run-suite.ts';
import { startTokenProxy, type TokenProxy } from './support/conformance/token-proxy.ts';
import { makeToken } from './support/mcp.ts';

describe('the MCP conformance suite, on the stack that serves the devices', () => {
  let fixture: FixtureAgent;
  let proxy: TokenProxy;
  beforeAll(async () => {
    fixture = await startFixtureAgent();
    proxy = await startTokenProxy(fixture.origin, fixture.token);
  });
  afterAll(async () => {
    await proxy.close();
    await fixture.close();
  });

  it.each<Revision>(['2026-07-28', '2025-11-25'])('passes all that revision %s requires', async (revision) => {
    const { passed, failed, output } = await runRequirements(`${proxy.origin}${fixture.path}`, revision);
    const missing = requiredScenarios(revision).filter((scenario) => !passed.includes(scenario));
    expect(missing, output.slice(-8_000)).toEqual([]);
    expect(failed.filter((scenario) => !(scenario in conformanceBaseline))).toEqual([]);
    expect(passed.filter((scenario) => scenario in conformanceBaseline)).toEqual([]);
  });
});

describe('the conformance suite, on the real tools of an agent', () => {
  let dataDir: string;
  let agent: AgentProcess;
  let proxy: TokenProxy;
  beforeAll(async () => {
    dataDir = makeDataDir();
    agent = await startAgent({ dataDir, demo: true });
    proxy = await startTokenProxy(agent.url, await makeToken(agent, ['tools:read', 'tools:act']));
  });
  afterAll(async () => {
    await proxy.close();
    await agent.stop();
    removeDataDir(dataDir);
  });

  // Those that ask for no fixture.
  it.each<[Revision, string]>([
    ['2026-07-28', 'tools-list'],
    ['2026-07-28', 'resources-list'],
    ['2026-07-28', 'prompts-list'],
    ['2026-07-28', 'caching'],
    ['2026-07-28', 'sep-2164-resource-not-found'],
    ['2026-07-28', 'dns-rebinding-protection'],
    ['2026-07-28', 'http-header-validation'],
    ['2025-11-25', 'server-initialize'],
    ['2025-11-25', 'ping'],
    ['2025-11-25', 'server-session-lifecycle'],
    ['2025-11-25', 'tools-list'],
  ])('passes %s %s', async (revision, scenario) => {
    const { passed, output } = await runScenario(`${proxy.origin}/mcp`, scenario, revision);
    expect(passed, output.slice(-4_000)).toEqual([scenario]);
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectSimulatorHost } from '../../drivers/simulator-host/client.ts';
import { demoFolder } from '../../main/agent/demo/demo-config.ts';
import { type AgentProcess, makeDataDir, removeDataDir, startAgent } from './support/agent-process.ts';
import { connectMcp, makeToken } from './support/mcp.ts';

const KILLS = 50;

/** Numbers in [0, 1) from a seed (mulberry32), so that a failure can be run again. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

interface Told {
  readonly outcome: string;
  readonly sent: boolean;
  readonly evidence: string | null;
}

describe('kill -9 at any moment of a relay write', () => {
  const dataDir = makeDataDir();
  const seed = Number(process.env['EDGE_KILL_SEED'] ?? Date.now() % 1_000_000);
  let agent: AgentProcess | undefined;

  beforeAll(() => {
    process.stdout.write(`kills: EDGE_KILL_SEED=${seed}\n`);
  });

  afterAll(async () => {
    await agent?.stop();
    removeDataDir(dataDir);
  });

  it(`does nothing twice and loses account of nothing, ${KILLS} times`, async () => {
    const next = random(seed);
    agent = await startAgent({ dataDir, demo: true });
    const token = await makeToken(agent);
    const host = await connectSimulatorHost(demoFolder(dataDir).controlSocket);
    const wrong: string[] = [];
    let certain = 0;

    for (let kill = 0; kill < KILLS; kill += 1) {
      const relays = await relayBoard(agent);
      const before = await harmfulFrames(host);
      const key = `kill-${kill}`;
      const args = { relay: (kill % 8) + 1, on: kill % 16 < 8, idempotency_key: key };
      const client = await connectMcp(agent, relays, token);
      const call = client.callTool({ name: 'relay_set', arguments: args }).then(
        (result) => result.structuredContent as Told | undefined,
        () => undefined,
      );
      await new Promise((resolve) => setTimeout(resolve, next() * 25));
      await agent.kill();
      await call;
      await client.close().catch(() => {});

      agent = await startAgent({ dataDir, demo: true });
      const retry = await connectMcp(agent, relays, token);
      const told = (await retry.callTool({ name: 'relay_set', arguments: args })).structuredContent as unknown as Told;
      await retry.close();
      const done = (await harmfulFrames(host)) - before;

      if (done > 1) wrong.push(`${key}: written ${done} times`);
      // A relay that was as wanted before and is so now can't show whether our frame made it so: the evidence then says no
      // more than that the device shows it, and that has to be true.
      const shown = told.evidence === 'status_after' && done === 0 && (await isOn(host, args.relay)) === args.on;
      if (told.outcome === 'applied' && done !== 1 && !shown) wrong.push(`${key}: said applied, written ${done} times`);
      if (told.outcome === 'failed' && !told.sent && done !== 0)
        wrong.push(`${key}: said not sent, written ${done} times`);
      if (!['applied', 'failed', 'unknown', 'refused'].includes(told.outcome)) wrong.push(`${key}: ${told.outcome}`);
      if (told.outcome === 'applied') certain += 1;
      if (told.outcome === 'unknown') {
        const { data } = (await agent.api.request('GET', '/v1/journal?state=unknown')) as {
          data: { journal_id: string; idempotency_key: string }[];
        };
        const row = data.find((entry) => entry.idempotency_key === key);
        if (row === undefined) wrong.push(`${key}: unknown without a journal row`);
        else
          await agent.api.request('POST', `/v1/journal/${row.journal_id}/settle`, {
            answer: done === 1 ? 'happened' : 'did_not_happen',
          });
      }
    }
    host.close();
    expect(wrong).toEqual([]);
    expect(certain).toBeGreaterThan(0);
  }, 300_000);
});

async function relayBoard(agent: AgentProcess): Promise<string> {
  const { data } = (await agent.api.request('GET', '/v1/connectors')) as { data: { id: string; name: string }[] };
  const found = data.find((connector) => connector.name === 'relay-board');
  if (found === undefined) throw new Error('the relay board is not installed');
  return found.id;
}

/** How many writes the simulated bus has received since it was switched on. */
async function harmfulFrames(host: Awaited<ReturnType<typeof connectSimulatorHost>>): Promise<number> {
  const state = (await host.state('bus')) as { harmful_count: number };
  return state.harmful_count;
}

/** Whether a relay of the simulated board is on, as somebody in front of it would see. */
async function isOn(
  host: Awaited<ReturnType<typeof connectSimulatorHost>>,
  relay: number,
): Promise<boolean | undefined> {
  const state = (await host.state('bus')) as { units: { address: number; relays: { relay: number; on: boolean }[] }[] };
  return state.units.find((unit) => unit.address === 1)?.relays.find((each) => each.relay === relay)?.on;
}

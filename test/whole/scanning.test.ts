import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectSimulatorHost, type SimulatorHostClient } from '../../drivers/simulator-host/client.ts';
import { demoFolder } from '../../main/agent/demo/demo-config.ts';
import { startDemoSimulators } from '../../main/agent/demo/demo-simulators.ts';
import type { StreamEvent } from '../../main/api/schemas/index.ts';
import { type AgentProcess, edge, makeDataDir, removeDataDir, startAgent } from './support/agent-process.ts';
import { connectMcp, makeToken } from './support/mcp.ts';
import { eventually } from './support/wires.ts';

interface Scanned {
  readonly items: readonly { readonly text: string; readonly cursor: string; readonly repeat: boolean }[];
  readonly gaps: readonly { readonly before: number; readonly reason: string; readonly lost: number | null }[];
  readonly cursor: string;
  readonly more: boolean;
}
interface Seen {
  readonly id: string;
  readonly name: string;
  readonly last_synced_at: string | null;
  readonly health: { readonly state: string; readonly reason: string | null; readonly message: string | null };
}

const LONG_MS = 30_000;
const upstream = (reason: string) => ({ code: 'connector_upstream_error', details: { upstream: { reason } } });

let dataDir: string;
let config: string;
let stopSimulators: () => Promise<void>;
let far: SimulatorHostClient;
let agent: AgentProcess;

const connector = async (name: string): Promise<Seen> => {
  const { data } = (await agent.api.request('GET', '/v1/connectors')) as { data: { id: string; name: string }[] };
  const found = data.find((one) => one.name === name);
  if (found === undefined) throw new Error(`${name} is not installed`);
  return (await agent.api.request('GET', `/v1/connectors/${found.id}`)) as unknown as Seen;
};
const call = async (name: string, tool: string, args: object = {}) => {
  const { id } = await connector(name);
  const answer = (await agent.api.request('POST', `/v1/connectors/${id}/call`, { tool, arguments: args })) as {
    output: unknown;
  };
  return answer.output;
};
const read = async (args: object = {}) => (await call('till', 'scan.read', args)) as Scanned;
const scan = (change: object) => far.change('till', { ...change });
const health = (state: string) =>
  eventually(`till is ${state}`, LONG_MS, async () => {
    const seen = await connector('till');
    return seen.health.state === state ? seen : null;
  });
const texts = ({ items }: Scanned) => items.map(({ text }) => text);
const gapsOf = ({ gaps }: Scanned) => gaps.map(({ reason }) => reason);

beforeAll(async () => {
  dataDir = makeDataDir();
  const { controlSocket, pathOf } = demoFolder(dataDir);
  const far_ = (name: string, listing: string) => ({
    name,
    listing,
    simulator: {},
    declared: {},
    units: [],
    rules: [],
  });
  const simulators = await startDemoSimulators(dataDir, [
    far_('till', 'cn-scanner-serial'),
    far_('van', 'cn-gnss-nmea'),
  ]);
  stopSimulators = () => simulators.stop();
  far = await connectSimulatorHost(controlSocket);
  config = `
discover: false
vault: { provider: keyfile }
paths:
  - { path: ${pathOf('till')}, simulated: true }
  - { path: ${pathOf('van')}, simulated: true }
install_rules:
  - { match: { path: ${pathOf('till')} }, listing: cn-scanner-serial, name: till }
  - { match: { path: ${pathOf('van')} }, listing: cn-gnss-nmea, name: van }
`;
  agent = await startAgent({ dataDir, config });
}, 120_000);

afterAll(async () => {
  await agent?.stop().catch(() => {});
  far?.close();
  await stopSimulators?.();
  removeDataDir(dataDir);
});

describe('a scanner', () => {
  it('listens before anything was scanned: no error, nothing claimed, and a test says no_data', {
    timeout: 60_000,
  }, async () => {
    expect((await health('listening')).health.message).toContain('nothing was heard yet');
    expect(await read()).toMatchObject({ items: [], gaps: [], more: false });
    const { id } = await connector('till');
    const tested = (await agent.api.request('POST', `/v1/connectors/${id}/test`, {})) as object;
    expect(tested).toMatchObject({ status: 'passed', results: [{ tool: 'scan.read', ok: true, note: 'no_data' }] });
    expect((await connector('till')).health.state).toBe('listening');
  });

  it('gives a scan to all who wait, over MCP too, and is ok then', { timeout: 60_000 }, async () => {
    const token = await makeToken(agent);
    const { id } = await connector('till');
    const client = await connectMcp(agent, id, token);
    const waiting = Promise.all([
      read({ wait_ms: 20_000 }),
      read({ wait_ms: 20_000 }),
      client.callTool({ name: 'scan_read', arguments: { wait_ms: 20_000 } }),
    ]);
    // Behind the calls on their way: a scan before them would not be the next one.
    await eventually('the calls wait', LONG_MS, async () => {
      await scan({ scan: ']C1010400638133393110A1\u001d21B' });
      return Promise.race([
        waiting.then(() => true),
        new Promise<false>((resolve) => setTimeout(() => resolve(false), 200)),
      ]);
    });
    const [first, second, overMcp] = await waiting;
    for (const answer of [first, second, overMcp.structuredContent as unknown as Scanned]) {
      expect(answer.items[0]).toMatchObject({ text: '010400638133393110A1\u001d21B', symbology: 'gs1_128', gs1: true });
    }
    await client.close();
    expect((await health('ok')).last_synced_at).not.toBeNull();
  });

  it('tells each scan as an event, and the command line shows it', { timeout: 60_000 }, async () => {
    const controller = new AbortController();
    const events: StreamEvent[] = [];
    const open = Promise.withResolvers<void>();
    const following = (async () => {
      for await (const event of agent.api.events({ signal: controller.signal, onOpen: open.resolve }))
        events.push(event);
    })().catch(() => {});
    await open.promise;
    await scan({ scan: 'EVENT-1' });
    const told = await eventually('the event', LONG_MS, async () =>
      events.find(
        (event) => event.type === 'stream' && event.entry.kind === 'item' && event.entry.item['text'] === 'EVENT-1',
      ),
    );
    controller.abort();
    await following;
    await scan({ scan: 'EVENT-2' });
    const cursor = told.type === 'stream' ? told.entry.cursor : '';
    await eventually('the next one behind its cursor', LONG_MS, async () =>
      texts(await read({ after: cursor })).includes('EVENT-2'),
    );
    const shown = await edge(dataDir, 'call', 'till', 'scan.read', '--json', 'limit=1');
    expect(shown.stdout).toContain('EVENT-2');
  });

  it('loses nothing of a burst', { timeout: 60_000 }, async () => {
    const { cursor } = await read();
    await scan({ scan: 'BURST', times: 500 });
    let got = 0;
    let after = cursor;
    await eventually('all 500', LONG_MS, async () => {
      const page = await read({ after, limit: 500 });
      expect(page.gaps).toEqual([]);
      got += page.items.length;
      after = page.cursor;
      return got === 500;
    });
    const last = await read({ limit: 1 });
    expect(last.items[0]?.repeat).toBe(true);
  });

  it('tells no half of a code that the cable was pulled in, and goes on where the reader was', {
    timeout: 60_000,
  }, async () => {
    await scan({ scan: 'BEFORE' });
    const { cursor } = await eventually('it came', LONG_MS, async () => {
      const answer = await read();
      return texts(answer).at(-1) === 'BEFORE' ? answer : null;
    });
    await scan({ scan: '4006381333931', half: true });
    await far.unplug('till');
    const broken = await health('error');
    expect(broken.health.reason).toBe('device_unplugged');
    await expect(read({ after: cursor, wait_ms: 20_000 })).rejects.toMatchObject(upstream('device_unplugged'));
    await far.plug('till');
    await health('listening');
    await scan({ scan: 'AFTER' });
    const answer = await eventually('the scan after it', LONG_MS, async () => {
      const page = await read({ after: cursor });
      return texts(page).length > 0 ? page : null;
    });
    expect(texts(answer)).toEqual(['AFTER']);
    expect(gapsOf(answer).filter((reason) => reason !== 'cut_off')).toEqual(['not_listening']);
  });

  it('keeps what it heard over a kill, and says since when nobody listened', { timeout: 90_000 }, async () => {
    await scan({ scan: 'KEPT' });
    const { cursor } = await eventually('it came', LONG_MS, async () => {
      const answer = await read();
      return texts(answer).at(-1) === 'KEPT' ? answer : null;
    });
    // A commit is at most 100 ms away; a scan that was told and not yet stored is marked by the gap.
    await agent.stop();
    agent = await startAgent({ dataDir, config });
    expect(texts(await read()).at(-1)).toBe('KEPT');
    await health('listening');
    await scan({ scan: 'NEXT' });
    const answer = await eventually('the next', LONG_MS, async () => {
      const page = await read({ after: cursor });
      return texts(page).length > 0 ? page : null;
    });
    expect(texts(answer)).toEqual(['NEXT']);
    expect(gapsOf(answer)).toEqual(['not_listening']);
    await agent.kill();
    agent = await startAgent({ dataDir, config });
    const afterKill = await read({ after: cursor });
    expect(texts(afterKill)).toEqual(['NEXT']);
  });

  it('refuses a cursor that is not its own', { timeout: 60_000 }, async () => {
    await expect(read({ after: 'nonsense' })).rejects.toMatchObject({ code: 'invalid_cursor' });
  });
});

describe('a satellite receiver', () => {
  interface Position {
    readonly fix: string;
    readonly latitude: string | null;
  }
  const position = async () => (await call('van', 'position.read')) as Position;

  it('tells where it is, that it does not know, and that it fell silent', { timeout: 90_000 }, async () => {
    expect(await position()).toMatchObject({ fix: '3d', latitude: '48.1173000', quality: 'gps' });
    await far.change('van', { fix: false });
    await eventually('it lost the sky', LONG_MS, async () => (await position()).fix === 'none');
    expect(await position()).toMatchObject({ latitude: null });
    await far.change('van', { sending: false });
    const silent = await eventually('it is an error', LONG_MS, async () => {
      const seen = await connector('van');
      return seen.health.state === 'error' ? seen : null;
    });
    expect(silent.health).toMatchObject({ reason: 'no_reply' });
    await expect(position()).rejects.toMatchObject(upstream('no_reply'));
    await far.change('van', { sending: true, fix: true });
    await eventually('it is heard again', LONG_MS, async () => (await connector('van')).health.state === 'ok');
    expect(await position()).toMatchObject({ fix: '3d' });
  });
});

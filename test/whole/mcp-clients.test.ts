import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectSimulatorHost } from '../../drivers/simulator-host/client.ts';
import { demoFolder } from '../../main/agent/demo/demo-config.ts';
import { type AgentProcess, makeDataDir, removeDataDir, startAgent } from './support/agent-process.ts';
import { makeToken } from './support/mcp.ts';
import { formerSdk, independent, inspector, presentSdk, type Subject, type Way } from './support/mcp-subjects.ts';
import { eventually } from './support/wires.ts';

const dataDir = makeDataDir();
let agent: AgentProcess;
let host: Awaited<ReturnType<typeof connectSimulatorHost>>;
const ways: Partial<Record<Way['type'], Way>> = {};

beforeAll(async () => {
  agent = await startAgent({ dataDir, demo: true });
  host = await connectSimulatorHost(demoFolder(dataDir).controlSocket);
  ways.http = { type: 'http', url: `${agent.url}/mcp`, token: await makeToken(agent, ['tools:read', 'tools:act']) };
  ways.stdio = { type: 'stdio', dataDir };
});

afterAll(async () => {
  host?.close();
  await agent?.stop();
  removeDataDir(dataDir);
});

const weigh = 'front_scale__weight_read';
type Ability = 'cancel' | 'progress' | 'listen';
const everything: readonly Ability[] = ['cancel', 'progress', 'listen'];

/** Which client can do what beyond lists, reads and calls; docs/using-with-mcp-clients.md says the same. */
const subjects: readonly {
  readonly name: string;
  readonly connect: (way: Way) => Promise<Subject>;
  readonly can: Readonly<Record<Way['type'], readonly Ability[]>>;
}[] = [
  {
    name: 'the present SDK on 2026-07-28',
    connect: (way) => presentSdk(way, 'auto'),
    can: { http: everything, stdio: everything },
  },
  {
    name: 'the present SDK on 2025-11-25',
    connect: (way) => presentSdk(way, 'legacy'),
    can: { http: everything, stdio: everything },
  },
  { name: 'the 1.x SDK', connect: formerSdk, can: { http: everything, stdio: everything } },
  // On stdio it stops waiting, and tells nobody.
  { name: 'an independent client', connect: independent, can: { http: ['cancel'], stdio: [] } },
  { name: 'the inspector', connect: inspector, can: { http: [], stdio: [] } },
];

describe.each<Way['type']>(['http', 'stdio'])('over %s', (type) => {
  describe.each(subjects)('$name', ({ connect, can }) => {
    let subject: Subject;
    beforeAll(async () => {
      const way = ways[type];
      if (way === undefined) throw new Error('the agent is not there');
      subject = await connect(way);
    });
    afterAll(() => subject?.close());

    it('lists tools, prompts and resources', async () => {
      const names = await subject.toolNames();
      expect(names).toEqual([...new Set(names)]);
      expect(names).toEqual(
        expect.arrayContaining([
          'front_scale__scale_tare',
          'front_scale__scale_zero',
          weigh,
          'relay_board__relay_read',
          'relay_board__relay_set',
          'climate__sensor_read',
        ]),
      );
      expect(await subject.promptNames()).toEqual(['why_is_this_device_red', 'try_without_doing', 'weigh_and_print']);
      const uris = await subject.resourceUris();
      expect(uris.filter((uri) => uri.endsWith('/health')).length).toBeGreaterThanOrEqual(3);
      expect(uris.filter((uri) => uri.endsWith('/readings/weight.read'))).toHaveLength(1);
    });

    it('calls a read and reads its value back from a resource', async () => {
      await host.change('scale', { gross: '3.210' });
      expect(await subject.call(weigh, {})).toMatchObject({ structuredContent: { value: '3.210', unit: 'kg' } });
      const uri = (await subject.resourceUris()).find((address) => address.endsWith('weight.read')) ?? '';
      expect(await subject.read(uri)).toContain('3.210');
      expect(await subject.read(`${uri}/history?limit=1`)).toContain('"readings":[');
    });

    it('calls a side effect', async () => {
      const answer = await subject.call('relay_board__relay_set', { relay: 1, on: true });
      expect(answer).toMatchObject({ structuredContent: { outcome: 'applied', sent: true } });
    });

    if (can[type].includes('progress')) {
      it('follows progress', async () => {
        const told: number[] = [];
        await subject.callTelling?.('relay_board__relay_set', { relay: 2, on: true }, (progress) =>
          told.push(progress),
        );
        expect(told.length).toBeGreaterThan(1);
        expect(told).toEqual([...told].sort((left, right) => left - right));
      });
    }

    if (can[type].includes('cancel')) {
      it('cancels a call that waits, and the device is free at once', async () => {
        await host.fault('scale', 'silence');
        const before = await received();
        const cancel = new AbortController();
        const waiting = subject.callUntil?.(weigh, { wait_stable_ms: 20_000 }, cancel.signal);
        waiting?.catch(() => {});
        await eventually('the scale is asked', 5_000, async () => (await received()) > before);
        cancel.abort();
        await expect(waiting).rejects.toThrow();
        await host.fault('scale', 'none');
        const start = performance.now();
        expect((await subject.call(weigh, {})).isError ?? false).toBe(false);
        expect(performance.now() - start).toBeLessThan(10_000);
      });
    }

    if (can[type].includes('listen')) {
      it('hears of new readings', async () => {
        const uri = (await subject.resourceUris()).find((address) => address.endsWith('weight.read')) ?? '';
        const heard = Promise.withResolvers<void>();
        await subject.listen?.(uri, heard.resolve);
        await subject.call(weigh, {});
        await heard.promise;
      });
    }
  });
});

/** Bytes that the scale got. */
async function received(): Promise<number> {
  return (await host.list()).find(({ name }) => name === 'scale')?.received_count ?? 0;
}

import { join } from 'node:path';
import { connectSimulatorHost, type SimulatorHostClient } from '../../../drivers/simulator-host/client.ts';
import { demoFolder } from '../../../main/agent/demo/demo-config.ts';
import { type AgentProcess, startAgent } from './agent-process.ts';
import { type Answered, type Asked, ask } from './ask.ts';
import { eventually } from './wires.ts';

/** The demonstration with everything that an example of the document speaks of, made when it is needed. */
export interface ExampleWorld {
  readonly agent: AgentProcess;
  readonly host: SimulatorHostClient;
  readonly admin: (asked: Asked) => Promise<Answered>;
  /** What stands for an id of the document, by that id. */
  readonly stands: Map<string, string>;
  /** The connector at the scale, installed if it is not. */
  scale(): Promise<string>;
  /** The connector at the relay board, allowed to act. */
  relays(): Promise<string>;
  /** The receipt printer; its id. */
  printer(): Promise<string>;
  /** A new operator that needs this. */
  operator(capability: string): Promise<string>;
  /** A journal row whose outcome nobody knows; the bus stays unplugged until {@link ExampleWorld.mend}. */
  doubtfulRow(): Promise<string>;
  /** Something that a person is asked to allow; its call goes on waiting. */
  approval(): Promise<string>;
  /** As it was at the beginning. */
  mend(): Promise<void>;
  close(): Promise<void>;
}

interface Item {
  readonly id: string;
  readonly name: string;
  readonly status: string;
}

/** Starts one over this data folder. */
export async function startExampleWorld(dataDir: string): Promise<ExampleWorld> {
  const agent = await startAgent({ dataDir, demo: true });
  const folder = demoFolder(dataDir);
  const host = await connectSimulatorHost(folder.controlSocket);
  const socketPath = join(dataDir, 'run', 'agent.sock');
  const admin = (asked: Asked) => ask({ socketPath }, asked);
  const get = async (path: string) => (await admin({ method: 'GET', path })).body;
  const stands = new Map<string, string>();
  let operators = 0;

  const deviceAt = async (path: string) => {
    const { data } = await get('/v1/devices');
    return data.find((device: { path: string }) => device.path === path);
  };
  const named = async (name: string): Promise<Item> => {
    const { data } = await get('/v1/connectors?limit=100');
    const found = data.find((item: Item) => item.name === name);
    if (found === undefined) throw new Error(`no connector ${name}`);
    return found;
  };
  const connected = (name: string) =>
    eventually(`${name} is connected`, 10_000, async () => (await named(name)).status === 'connected');

  const world: ExampleWorld = {
    agent,
    host,
    admin,
    stands,

    async scale() {
      const device = await deviceAt(folder.pathOf('scale'));
      stands.set('dev_5b1c20', device.id);
      let id: string | undefined = device.owner?.id;
      if (id === undefined) {
        const body = {
          listing: 'cn-scale-sics',
          name: 'front-scale',
          auth: { type: 'none' },
          config: { device: device.id },
        };
        ({ id } = (await admin({ method: 'POST', path: '/v1/connectors', body })).body);
      }
      if (id === undefined) throw new Error('the scale could not be installed');
      await admin({ method: 'PATCH', path: `/v1/connectors/${id}`, body: { name: 'front-scale' } });
      stands.set('cn_7d2f4a', id);
      return id;
    },

    async relays() {
      const { id } = await named('relay-board');
      stands.set('cn_1b9e03', id);
      await admin({ method: 'PUT', path: `/v1/connectors/${id}/policy`, body: { default: 'allow', tools: {} } });
      return id;
    },

    async printer() {
      const { id } = await named('receipt-printer');
      stands.set('cn_4e8a55', id);
      return id;
    },

    async operator(capability) {
      operators += 1;
      const body = { name: `picking-${operators}`, capabilities: [capability] };
      const { id } = (await admin({ method: 'POST', path: '/v1/operators', body })).body;
      stands.set('op_8f2a1c', id);
      return id;
    },

    async doubtfulRow() {
      const relays = await world.relays();
      // Long enough to pull the cable in, on a busy machine too, well within the time the unit is given below.
      await host.change('bus', { address: 1, reply_delay_ms: 1_000 });
      const stop = new AbortController();
      const { promise: listening, resolve: listens } = Promise.withResolvers<void>();
      const sent = (async () => {
        for await (const event of agent.api.events({ signal: stop.signal, onOpen: listens })) {
          if (event.type === 'journal' && event.entry.state === 'sent') return event.entry.journal_id;
        }
        throw new Error('the stream ended before anything was sent');
      })();
      await listening;
      const call = admin({
        method: 'POST',
        path: `/v1/connectors/${relays}/call`,
        body: { tool: 'relay.set', arguments: { relay: 2, on: true } },
      });
      const answeredFirst = call.then(({ body }) =>
        Promise.reject(new Error(`it was not cut: ${JSON.stringify(body)}`)),
      );
      const id = await Promise.race([sent, answeredFirst]);
      answeredFirst.catch(() => {});
      await host.unplug('bus');
      await call;
      stop.abort();
      stands.set('jr_9a3f10', id);
      return id;
    },

    async approval() {
      const path = `/v1/connectors/${await world.relays()}`;
      await admin({ method: 'PUT', path: `${path}/policy`, body: { default: 'confirm', tools: {} } });
      // Answered when it is decided, or when the next example gives the board another policy.
      void admin({
        method: 'POST',
        path: `${path}/call`,
        body: { tool: 'relay.set', arguments: { relay: 2, on: true } },
      }).catch(() => {});
      const id = await eventually('a person is asked', 5_000, async () => {
        const { data } = await get('/v1/approvals?state=waiting');
        return data[0]?.id as string | undefined;
      });
      stands.set('ap_5c01d7', id);
      return id;
    },

    async mend() {
      await host.change('bus', { address: 1, reply_delay_ms: 0 });
      await host.plug('bus');
      await host.plug('scale');
      await admin({ method: 'PUT', path: '/v1/pause', body: { paused: false } });
      await admin({ method: 'PUT', path: '/v1/approvals/pin', body: { current: '4711' } });
      const { data } = await get('/v1/operators?limit=100');
      for (const { id } of data) await admin({ method: 'DELETE', path: `/v1/operators/${id}` });
      await world.scale();
      await Promise.all([connected('front-scale'), connected('relay-board')]);
      const unknown = await get('/v1/journal?state=unknown');
      for (const { journal_id, settlement } of unknown.data) {
        if (settlement !== null) continue;
        const body = { answer: 'happened' };
        await admin({ method: 'POST', path: `/v1/journal/${journal_id}/settle`, body });
      }
    },

    async close() {
      host.close();
      await agent.stop();
    },
  };
  await world.scale();
  const path = `/v1/connectors/${await world.relays()}`;
  await admin({ method: 'PATCH', path, body: { config: { reply_timeout_ms: 5_000 } } });
  return world;
}

import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import {
  type AgentFrame,
  agentFrameSchema,
  type HubFrame,
  isSignedBy,
  makeIdentityKey,
  maxFrameBytes,
  maxRequests,
  openIdentityKey,
  readFrame,
} from '../../api/link/index.ts';
import { makeSealingKey, openSealingKey, sealingProof } from '../../api/sealing/index.ts';
import { createMemoryBackend } from '../../api/testing/memory-backend.ts';
import { createManualClock } from '../../connectors/testing/manual-clock.ts';
import { systemClock } from '../clock.ts';
import { type KeptLink, keepLink, type LinkParts } from './keep-link.ts';

const grants = { read: true, act: true, install: false, care: false };

/** What a hub has to do with this machine: one side is the real one, the other is in the test's hand. */
describe('a machine', () => {
  let server: WebSocketServer;
  let port = 0;
  let kept: KeptLink | null = null;
  let states: string[] = [];
  let wake = () => {};

  beforeEach(async () => {
    server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
    await once(server, 'listening');
    ({ port } = server.address() as AddressInfo);
    states = [];
  });
  afterEach(async () => {
    await kept?.close();
    kept = null;
    for (const socket of server.clients) socket.terminate();
    server.close();
  });

  const backend = createMemoryBackend();
  const keep = (changes: Partial<LinkParts> = {}) => {
    kept = keepLink({
      record: {
        agent: { id: 'agt_1', name: 'packing-1' },
        tenant: { id: 't_1', name: 'acme', mode: 'test' },
        hub: { id: 'hub_1', name: 'hub', origin: `http://127.0.0.1:${port}` },
        grants,
        paired_at: '2026-07-02T15:00:00.000Z',
        key_words: '',
        ended: null,
      },
      key: async () => openIdentityKey(makeIdentityKey()),
      sealingKey: async () => openSealingKey(makeSealingKey()),
      installs: { run: () => Promise.reject(new Error('nothing is installed here')) },
      connect: async (origin) => {
        const socket = connect(Number(new URL(origin).port), '127.0.0.1');
        await once(socket, 'connect');
        return socket;
      },
      version: '1',
      grants: () => grants,
      backend,
      relayMcp: async () => ({ response: new Response(''), delivered: () => {} }),
      clock: systemClock,
      random: () => 0,
      onState(state) {
        states.push(state.state);
        wake();
      },
      onCredential: () => {},
      onRevoked: () => {},
      onFault: (error) => states.push(`fault ${error}`),
      ...changes,
    });
  };
  const until = async (condition: () => boolean) => {
    while (!condition()) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
  /** The next machine that comes, welcomed; and what it says from then on. */
  const welcomed = async () => {
    const [socket]: WebSocket[] = await once(server, 'connection');
    if (socket === undefined) throw new Error('nobody came');
    const said: AgentFrame[] = [];
    socket.on('message', (data: RawData) => {
      const frame = readFrame(agentFrameSchema, String(data));
      if (frame !== null) said.push(frame);
      wake();
    });
    const send = (frame: HubFrame) => socket.send(JSON.stringify(frame));
    send({ type: 'challenge', protocol: 1, hub_id: 'hub_1', nonce: 'n' });
    await until(() => said.length > 0);
    send({
      type: 'welcome',
      tenant: { id: 't_1', name: 'acme', mode: 'test' },
      name: 'packing-1',
      heartbeat_ms: 300_000,
      credential: { token: 'ha_1', expires_at: '2026-07-02T16:00:00.000Z' },
    });
    return { socket, said, send };
  };
  const sampleReading = {
    object: 'reading',
    connector_id: 'cn_1',
    device_id: null,
    tool: 'weight.read',
    value: { text: 'x'.repeat(500_000) },
    at: '2026-07-02T15:00:00Z',
    expected_interval_ms: null,
  } as const;
  const request = (id: string, connector: string): HubFrame => ({
    type: 'request',
    id,
    call: { verb: 'connector.readings', connector_id: connector },
    caller: { id: 'key_1', name: 'programs', scopes: ['connectors:read', 'tools:read'] },
    minted_key: null,
    deadline_ms: 60_000,
  });

  it('tells another epoch to seal secrets with every ten minutes, signed by its key', async () => {
    const clock = createManualClock();
    const identity = openIdentityKey(makeIdentityKey());
    keep({ clock, key: async () => identity });
    const { socket, said } = await welcomed();
    await until(() => states.at(-1) === 'up');
    const [hello] = said;
    const epochs = () => said.flatMap((frame) => (frame.type === 'sealing' ? [frame.sealing] : []));
    for (const told of [1, 2]) {
      // A sign of life, without which the link would be given up.
      socket.ping();
      await once(socket, 'pong');
      clock.advance(10 * 60_000 - 1);
      expect(epochs()).toHaveLength(told - 1);
      clock.advance(1);
      await until(() => epochs().length === told);
    }
    const first = hello?.type === 'hello' ? hello.sealing : undefined;
    const all = [first, ...epochs()];
    expect(new Set(all.map((sealing) => sealing?.epoch)).size).toBe(3);
    for (const sealing of all) {
      if (sealing === undefined) throw new Error('no key was told');
      expect(sealing.key).toBe(first?.key);
      const proof = sealingProof({ ...sealing, agentId: 'agt_1' }, sealing.key);
      expect(isSignedBy(identity.publicKey, proof, sealing.signature)).toBe(true);
    }
  });

  it.each([
    ['garbage', (socket: WebSocket) => socket.send('{"type":')],
    ['bytes', (socket: WebSocket) => socket.send(Buffer.from([1, 2, 3]))],
    ['more than a frame may have', (socket: WebSocket) => socket.send('x'.repeat(maxFrameBytes + 1))],
    ['the end of the connection', (socket: WebSocket) => socket.terminate()],
  ])('links anew to a hub that sent %s', async (_what, send) => {
    keep();
    const first = await welcomed();
    send(first.socket);
    await welcomed();
    await until(() => states.at(-1) === 'up');
    expect(states).toEqual(['connecting', 'up', 'waiting', 'connecting', 'up']);
  });

  it('has so many requests of its hub at work and no more, and tells the rest at once', async () => {
    const { promise: forever } = Promise.withResolvers<never>();
    keep({ backend: { ...backend, listReadings: () => forever } });
    const hub = await welcomed();
    for (let index = 0; index < maxRequests + 500; index += 1) hub.send(request(`r${index}`, 'cn_1'));
    await until(() => hub.said.filter(({ type }) => type === 'failed').length === 500);
    expect(hub.said.find(({ type }) => type === 'failed')).toMatchObject({
      id: `r${maxRequests}`,
      error: { code: 'device_busy' },
    });
  });

  it('cuts the link to a hub that asks and asks and reads nothing, before much waits for it', async () => {
    let answered = 0;
    keep({
      backend: {
        ...backend,
        listReadings: async () => {
          answered += 1;
          return [sampleReading];
        },
      },
    });
    const hub = await welcomed();
    await until(() => states.at(-1) === 'up');
    hub.socket.pause();
    for (let index = 0; index < 2_000; index += 1) hub.send(request(`r${index}`, 'cn_1'));
    await until(() => states.includes('waiting'));
    // 8 MB, and what the system's own buffers hold.
    expect(answered).toBeLessThan(200);
  });

  it('is asked for nothing that it never showed', async () => {
    keep();
    const hub = await welcomed();
    await until(() => hub.said.some(({ type }) => type === 'inventory'));
    const items = Array.from({ length: 1_000 }, (_, index) => ({
      kind: 'device' as const,
      id: `dev_made_up_${index}`,
    }));
    hub.send({ type: 'want', items });
    hub.send(request('mark', 'cn_1'));
    await until(() => hub.said.some((frame) => 'id' in frame && frame.id === 'mark'));
    expect(hub.said.filter(({ type }) => type === 'gone')).toEqual([]);
  });

  it('tries again at once when it has other addresses, however long it would have waited', async () => {
    const clock = createManualClock();
    let addresses = 'eth0 192.0.2.10';
    server.close();
    for (const socket of server.clients) socket.terminate();
    keep({ clock, addresses: () => addresses, random: () => 0.99 });
    for (let attempt = 1; attempt <= 8; attempt += 1) {
      await until(() => states.filter((state) => state === 'waiting').length === attempt);
      if (attempt < 8) clock.advance(60_000);
    }
    clock.advance(5_000);
    expect(states.at(-1)).toBe('waiting');
    addresses = 'eth0 198.51.100.7';
    clock.advance(5_000);
    await until(() => states.filter((state) => state === 'waiting').length === 9);
    // And what failed before counts no longer: the next wait is short.
    clock.advance(1_000);
    await until(() => states.filter((state) => state === 'waiting').length === 10);
  });

  it('asks a link that stands for a sign of life when it has other addresses', async () => {
    const clock = createManualClock();
    let addresses = 'eth0 192.0.2.10';
    keep({ clock, addresses: () => addresses });
    const hub = await welcomed();
    await until(() => states.at(-1) === 'up');
    addresses = 'wlan0 198.51.100.7';
    const asked = once(hub.socket, 'ping');
    clock.advance(5_000);
    await asked;
    // Its answer may be on its way for ten seconds; then the link counts as dead.
    hub.socket.pause();
    addresses = 'eth0 192.0.2.10';
    clock.advance(5_000);
    clock.advance(10_000);
    await until(() => states.includes('waiting'));
  });
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type FibricApi, startFibricApi } from '../../../test/peers/fibric-api/server.ts';
import type { Connector, ServiceEvent } from '../../connectors/index.ts';
import { createManualClock, type ManualClock } from '../../connectors/testing/manual-clock.ts';
import { openStore, type Store } from '../../store/index.ts';
import { sampleConnector } from '../events/testing/samples.ts';
import { createDirectSend } from '../way-out/testing/direct-send.ts';
import { createFibricClient } from './fibric-client.ts';
import { hintOfKey, modeOfKey } from './fibric-key.ts';
import { type Registrar, startRegistrar } from './registrar.ts';
import { openRegistrations, type Registrations } from './registrations.ts';

const quiet = { info() {}, warn() {}, error() {} };
const testKey = 'sk_test_0123456789abcdef';
const liveKey = 'sk_live_0123456789abcdef';

let folder: string;
let store: Store;
let api: FibricApi;
let clock: ManualClock;
let connectors: Connector[];
let listeners: Set<(event: ServiceEvent) => void>;
let registrations: Registrations;
let registrar: Registrar;
let secrets: Map<string, string>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'fibric-cloud-'));
  store = await openStore({ dataDir: folder });
});
afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  await store.state.write([{ sql: 'DELETE FROM cloud_registrations' }]);
  api = await startFibricApi({ keys: [testKey, liveKey], listings: ['cn-scanner-serial'], early: ['cn-scale-sics'] });
  clock = createManualClock();
  connectors = [sampleConnector()];
  listeners = new Set();
  secrets = new Map();
});
afterEach(async () => {
  await registrar.close();
  await api.close();
});

const start = (options: { readonly token?: string; readonly auth?: 'api_key' | 'none' } = {}) => {
  const { token = testKey, auth = 'api_key' } = options;
  registrations = openRegistrations(store.state, clock.now);
  registrar = startRegistrar({
    service: {
      list: () => connectors,
      subscribe(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    registrations,
    client: createFibricClient({ origin: api.url, token }, createDirectSend()),
    vault: {
      get: async (entry) => secrets.get(entry) ?? null,
      set: async (entry, secret) => void secrets.set(entry, secret),
      delete: async (entry) => void secrets.delete(entry),
    },
    agentId: 'in_1',
    live: modeOfKey(token) === 'live',
    noCredentialAuth: auth,
    clock,
    log: quiet,
    random: () => 0,
  });
};
/** Waits for what is asked of the server, letting time pass while nothing goes on. */
const until = async (isSo: () => boolean, stepMs = 0) => {
  for (let turn = 0; !isSo(); turn += 1) {
    if (turn > 5_000) throw new Error(`It never came: ${JSON.stringify(registrations.all())}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
    if (stepMs > 0) clock.advance(stepMs);
  }
};
const change = (next: Connector[]) => {
  connectors = next;
  for (const listener of listeners) listener({ type: 'connector_removed', connector_id: 'any' });
  clock.advance(500);
};
const stateOf = (id = 'cn_1') => registrations.find(id)?.state;
const posts = () => api.requests.filter(({ method }) => method === 'POST');

describe('a connector', () => {
  it('is registered once, under agent, device and generation, with a secret made for it', async () => {
    start();
    await until(() => stateOf() === 'registered');
    expect(posts().map(({ key }) => key)).toEqual(['in_1:dev_1:1']);
    expect(api.connectors('test')).toMatchObject([
      {
        listing: 'cn-scanner-serial',
        name: 'scanner',
        auth: { type: 'api_key' },
        config: { agent: 'in_1', device: 'dev_1' },
      },
    ]);
    const [secret] = secrets.values();
    expect(secret).toMatch(/^edge_[\w-]{43}$/);
    expect(api.connectors('test')[0]?.auth['key']).toBe(secret);
    expect(registrations.find('cn_1')?.body).not.toContain(secret);
  });

  it('has no credential where the configuration says so', async () => {
    start({ auth: 'none' });
    await until(() => stateOf() === 'registered');
    expect([api.connectors('test')[0]?.auth, secrets.size]).toEqual([{ type: 'none' }, 0]);
  });

  it('whose answer was lost is asked for again with the same bytes and key, and is there once', async () => {
    api.spoil('POST', { kind: 'cut', done: true });
    start();
    await until(() => stateOf() === 'registered', 100);
    expect(posts()).toHaveLength(2);
    expect(posts()[1]).toEqual(posts()[0]);
    expect(api.connectors('test')).toHaveLength(1);
  });

  it('whose answer was lost, and whose key is forgotten, is found by its name, looked at, and taken over', async () => {
    for (const name of ['other-1', 'other-2', 'other-3']) api.plant('test', { listing: 'cn-scanner-serial', name });
    api.spoil('POST', { kind: 'cut', done: true });
    start();
    await until(() => posts().length === 1 && api.connectors('test').length === 4);
    api.forgetKeys();
    for (const name of ['later-1', 'later-2']) api.plant('test', { listing: 'cn-scanner-serial', name });
    await until(() => stateOf() === 'registered', 100);
    const [ours] = api.connectors('test').filter(({ name }) => name === 'scanner');
    expect(registrations.find('cn_1')?.remoteId).toBe(ours?.id);
    expect(api.requests.at(-1)).toMatchObject({ method: 'GET', path: `/v1/connectors/${ours?.id}` });
  });

  it('is taken over after a kill as well', async () => {
    api.spoil('POST', { kind: 'cut', done: true });
    start();
    await until(() => posts().length === 1 && api.connectors('test').length === 1);
    await registrar.close();
    api.forgetKeys();
    start();
    await until(() => stateOf() === 'registered', 100);
    expect(api.connectors('test')).toHaveLength(1);
  });

  it('of somebody else who has the name is never taken over: nothing here had asked for it', async () => {
    api.plant('test', { listing: 'cn-scanner-serial', name: 'scanner' });
    start();
    await until(() => stateOf() === 'failed');
    expect(registrations.find('cn_1')).toMatchObject({ remoteId: null, error: { code: 'state_conflict' } });
    // And not on the next attempt either.
    await until(() => posts().length === 2, 60_000);
    await until(() => stateOf() === 'failed');
    expect(api.connectors('test')).toHaveLength(1);
  });

  it('of another listing is not taken over, whatever was asked for', async () => {
    api.spoil('POST', { kind: 'cut', done: false });
    start();
    await until(() => posts().length === 1);
    api.plant('test', { listing: 'cn-magento', name: 'scanner' });
    await until(() => stateOf() === 'failed', 100);
    expect(registrations.find('cn_1')).toMatchObject({ remoteId: null, error: { code: 'state_conflict' } });
  });
});

describe('what changes here', () => {
  it('is removed and asked for as the next generation', async () => {
    start();
    await until(() => stateOf() === 'registered');
    change([sampleConnector({ name: 'new-name' })]);
    await until(() => stateOf() === 'registered' && api.connectors('test')[0]?.name === 'new-name', 100);
    expect(posts().map(({ key }) => key)).toEqual(['in_1:dev_1:1', 'in_1:dev_1:2']);
    expect(api.connectors('test')).toHaveLength(1);
    expect(secrets.size).toBe(1);
  });

  it('is removed there when it is uninstalled, and comes back as another generation', async () => {
    start();
    await until(() => stateOf() === 'registered');
    change([]);
    await until(() => stateOf() === 'removed', 100);
    expect([api.connectors('test'), secrets.size]).toEqual([[], 0]);
    change([sampleConnector({ id: 'cn_2' })]);
    await until(() => stateOf('cn_2') === 'registered', 100);
    expect(posts().at(-1)?.key).toBe('in_1:dev_1:2');
  });

  it('stays there while an operator needs it, and says so', async () => {
    start();
    await until(() => stateOf() === 'registered');
    const id = registrations.find('cn_1')?.remoteId ?? '';
    api.inUse(id, true);
    change([]);
    await until(() => registrations.find('cn_1')?.error?.code === 'connector_in_use', 10);
    api.inUse(id, false);
    await until(() => stateOf() === 'removed', 60_000);
  });

  it('is nothing when only its device is away', async () => {
    start();
    await until(() => stateOf() === 'registered');
    const before = api.requests.length;
    change([sampleConnector({ device: null })]);
    await until(() => clock.now() > 0);
    expect([stateOf(), api.requests.length]).toEqual(['registered', before]);
  });

  it('there, when somebody removed it, is made good within hours', async () => {
    start();
    await until(() => stateOf() === 'registered');
    api.vanish('test', registrations.find('cn_1')?.remoteId ?? '');
    await until(() => api.connectors('test').length === 1, 600_000);
    expect(posts().at(-1)?.key).toBe('in_1:dev_1:2');
  });
});

describe('what Fibric does not take', () => {
  it('is told, and tried again later: a listing that is not out, or not there', async () => {
    connectors = [
      sampleConnector({ listing: 'cn-scale-sics' }),
      sampleConnector({ id: 'cn_2', listing: 'cn-none', name: 'x' }),
    ];
    start();
    await until(() => stateOf() === 'failed' && stateOf('cn_2') === 'failed');
    expect(registrations.find('cn_1')?.error?.code).toBe('listing_early_access');
    expect(registrations.find('cn_2')?.error?.code).toBe('not_found');
    const before = posts().length;
    await until(() => posts().length > before, 60_000);
  });

  it.each([429, 500, 503])('for now (%i) waits as long as it says', async (status) => {
    api.spoil('POST', { kind: 'status', status, headers: { 'Retry-After': '60' } });
    start();
    await until(() => registrar.fault() !== null);
    clock.advance(59_000);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(posts()).toHaveLength(1);
    await until(() => stateOf() === 'registered', 1_000);
  });

  it('with a revoked key stops everything and says why', async () => {
    api.revoke(testKey);
    start();
    await until(() => registrar.fault()?.code === 'key_revoked');
    expect(stateOf()).not.toBe('registered');
  });
});

describe('simulated devices', () => {
  it('never reach a live key, and go to a test key', async () => {
    connectors = [sampleConnector({ simulated: true }), sampleConnector({ id: 'cn_2', name: 'real' })];
    start({ token: liveKey });
    await until(() => stateOf('cn_2') === 'registered', 10);
    expect(api.connectors('live').map(({ name }) => name)).toEqual(['real']);
    expect(registrations.find('cn_1')).toBeNull();
    await registrar.close();
    start();
    await until(() => stateOf('cn_1') === 'registered', 10);
    expect(api.connectors('test').map(({ name }) => name)).toContain('scanner');
  });
});

describe('a key', () => {
  it('says whether it is live, and is shown by its beginning and its end alone', () => {
    expect([modeOfKey(liveKey), modeOfKey(testKey), hintOfKey(liveKey)]).toEqual(['live', 'test', 'sk_live_...cdef']);
    for (const wrong of ['', 'sk_live_', 'sk_prod_123456', `${liveKey}\n`, 'fbc_live_12345']) {
      expect(() => modeOfKey(wrong)).toThrow('no key of Fibric');
    }
  });
});

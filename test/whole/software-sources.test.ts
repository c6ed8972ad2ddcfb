import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type MagentoSimulator, startMagentoSimulator } from '../../drivers/saas-magento/simulator.ts';
import { type SecretServiceBench, startSecretServiceBench } from '../../main/vault/testing/secret-service.ts';
import {
  type AgentProcess,
  edge,
  edgeWithInput,
  makeDataDir,
  removeDataDir,
  startAgent,
} from './support/agent-process.ts';
import { connectMcp, makeToken } from './support/mcp.ts';
import { eventually } from './support/wires.ts';

const KEY = 'mg_live_9f4c2e8b1a41';
const NEW_KEY = 'mg_live_00000000rotated77';
const config = 'discover: false\nvault: { provider: keyfile }\nallowed_targets: ["127.0.0.1"]\n';
let store: MagentoSimulator;

beforeAll(async () => {
  store = await startMagentoSimulator({ tokens: [KEY, NEW_KEY] });
});
afterAll(() => store.close());

/** The seed's own request, but for the address: its store is not ours to ask. */
const seedInstall = () => ({
  listing: 'cn-magento',
  name: 'magento-us-store',
  auth: { type: 'api_key', key: KEY },
  config: { base_url: store.url },
});

interface Answer {
  readonly status: number;
  readonly requestId: string | null;
  readonly body: Record<string, unknown> & { error?: { code: string; type: string; message: string } };
}

function http(agent: AgentProcess, token: string) {
  return async (method: string, path: string, body?: object, key?: string): Promise<Answer> => {
    const response = await fetch(`${agent.url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(key === undefined ? {} : { 'idempotency-key': key }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return {
      status: response.status,
      requestId: response.headers.get('x-request-id'),
      body: (await response.json()) as Answer['body'],
    };
  };
}

/** Every file of the data folder, as text. */
function onDisk(dataDir: string): string {
  return readdirSync(dataDir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
    .join('\n');
}

function sealedEntries(dataDir: string): string[] {
  const file = join(dataDir, 'vault.sealed');
  if (!existsSync(file)) return [];
  const { entries } = JSON.parse(readFileSync(file, 'utf8')) as { entries: object };
  return Object.keys(entries).filter((entry) => entry.startsWith('cn_'));
}

describe('a software source, over the whole agent', () => {
  const dataDir = makeDataDir();
  let agent: AgentProcess;
  let token: string;
  let ask: ReturnType<typeof http>;
  let id: string;

  beforeAll(async () => {
    agent = await startAgent({ dataDir, config });
    token = await makeToken(agent);
    ask = http(agent, token);
  });
  afterAll(async () => {
    await agent.stop();
    removeDataDir(dataDir);
  });

  test('is in the catalogue with kind, credentials, availability and price', async () => {
    const { body } = await ask('GET', '/v1/listings');
    const listings = (body['data'] as { id: string }[]).filter(({ id: listing }) =>
      /magento|shopify|zendesk/.test(listing),
    );
    expect(listings).toMatchObject([
      { id: 'cn-magento', kind: 'saas', status: 'live', auth: { type: 'api_key' }, price: null },
      { id: 'cn-shopify', kind: 'saas', status: 'early_access' },
      { id: 'cn-zendesk', kind: 'saas', status: 'early_access' },
    ]);
  });

  test.each([
    ['without auth', { auth: undefined }, 400, 'missing_parameter'],
    ['with another type of auth', { auth: { type: 'basic', username: 'a', password: 'b' } }, 400, 'invalid_parameter'],
    ['without base_url', { config: {} }, 400, 'invalid_parameter'],
    ['of what is not in the catalogue', { listing: 'cn-nothing' }, 404, 'not_found'],
    ['of an early access listing', { listing: 'cn-shopify', auth: { type: 'oauth2' } }, 422, 'listing_early_access'],
    [
      'with a key that the store rejects',
      { auth: { type: 'api_key', key: 'mg_live_wrong_secret' } },
      422,
      'auth_failed',
    ],
  ])('is not installed %s', async (_, change, status, code) => {
    const answer = await ask('POST', '/v1/connectors', { ...seedInstall(), ...change });
    expect(answer).toMatchObject({ status, body: { error: { code } } });
    expect(sealedEntries(dataDir)).toEqual([]);
  });

  test('is installed by the seed’s own request, once under one key', async () => {
    const first = await ask('POST', '/v1/connectors', seedInstall(), 'install-magento-us-store');
    expect(first.status).toBe(201);
    id = String(first.body['id']);
    expect(first.body).toEqual({
      id: expect.stringMatching(/^cn_/),
      object: 'connector',
      listing: 'cn-magento',
      name: 'magento-us-store',
      kind: 'saas',
      transport: 'mcp',
      capabilities: ['order.read', 'order.hold', 'order.notify'],
      auth: { type: 'api_key', hint: 'mg_****41' },
      status: 'connected',
      created_at: expect.any(String),
      last_synced_at: null,
    });
    const again = await ask('POST', '/v1/connectors', seedInstall(), 'install-magento-us-store');
    expect(again).toEqual({ ...first, status: 200 });
    const other = { ...seedInstall(), auth: { type: 'api_key', key: NEW_KEY } };
    expect(await ask('POST', '/v1/connectors', other, 'install-magento-us-store')).toMatchObject({
      status: 409,
      body: { error: { code: 'idempotency_conflict' } },
    });
    expect(await ask('POST', '/v1/connectors', seedInstall())).toMatchObject({
      status: 409,
      body: { error: { code: 'state_conflict' } },
    });
  });

  test('is listed, shown and tested as the seed says', async () => {
    const list = await ask('GET', '/v1/connectors?capability=order.hold');
    expect(list.body).toMatchObject({
      object: 'list',
      data: [
        { id, object: 'connector', listing: 'cn-magento', name: 'magento-us-store', kind: 'saas', status: 'connected' },
      ],
      has_more: false,
      next_cursor: null,
    });
    expect((await ask('GET', '/v1/connectors?kind=hardware')).body['data']).toEqual([]);
    expect((await ask('GET', `/v1/connectors/${id}`)).body).toMatchObject({
      tools: [
        { name: 'order.read', side_effect: false },
        { name: 'order.hold', side_effect: true },
        { name: 'order.notify', side_effect: true },
      ],
      device: null,
    });
    const tested = await ask('POST', `/v1/connectors/${id}/test`, { tools: ['order.read', 'order.hold'] });
    expect(tested).toMatchObject({
      status: 200,
      body: {
        object: 'connector_test',
        connector_id: id,
        status: 'passed',
        results: [
          { tool: 'order.read', mode: 'live', ok: true },
          { tool: 'order.hold', mode: 'dry_run', ok: true },
        ],
      },
    });
    expect(store.seen.every(({ method }) => method === 'GET')).toBe(true);
  });

  test('reads and holds over MCP, denied until allowed, never twice under one key', async () => {
    const client = await connectMcp(agent, id, token);
    try {
      const { tools } = await client.listTools();
      expect(tools.map((tool) => [tool.name, tool.annotations?.openWorldHint])).toEqual([
        ['order_hold', true],
        ['order_notify', true],
        ['order_read', true],
      ]);
      const read = await client.callTool({ name: 'order_read', arguments: { increment_id: '000000123' } });
      expect(read.structuredContent).toMatchObject({ found: true, order: { entity_id: 7, grand_total: '120.1' } });
      const args = { entity_id: 7, increment_id: '000000123', idempotency_key: 'hold-123' };
      expect((await client.callTool({ name: 'order_hold', arguments: args })).structuredContent).toMatchObject({
        outcome: 'refused',
        reason: 'policy_deny',
      });
      expect(await edge(dataDir, 'connectors', 'set', 'magento-us-store', 'policy.order.hold=allow')).toMatchObject({
        code: 0,
      });
      const held = await client.callTool({ name: 'order_hold', arguments: args });
      expect(held.structuredContent).toMatchObject({ outcome: 'applied', evidence: 'read_back', deduplicated: false });
      const again = await client.callTool({ name: 'order_hold', arguments: args });
      expect(again.structuredContent).toMatchObject({ outcome: 'applied', deduplicated: true });
      expect(store.seen.filter(({ method }) => method === 'POST').map(({ target }) => target)).toEqual([
        '/rest/V1/orders/7/hold',
      ]);
    } finally {
      await client.close();
    }
  });

  test('rotates its key over API and command line; a rejected one changes nothing', async () => {
    const rejected = await ask('PATCH', `/v1/connectors/${id}`, {
      auth: { type: 'api_key', key: 'mg_live_wrong_secret' },
    });
    expect(rejected).toMatchObject({ status: 422, body: { error: { code: 'auth_failed' } } });
    expect((await ask('GET', `/v1/connectors/${id}`)).body).toMatchObject({
      auth: { hint: 'mg_****41' },
      status: 'connected',
    });

    const rotated = await edgeWithInput(
      `${NEW_KEY}\n`,
      dataDir,
      'connectors',
      'set',
      'magento-us-store',
      'auth',
      '--key-stdin',
    );
    expect(rotated).toMatchObject({ code: 0, stdout: expect.stringContaining('api_key mg_****77') });
    expect(sealedEntries(dataDir)).toHaveLength(1);
    expect(store.seen.at(-1)?.headers.authorization).toBe(`Bearer ${NEW_KEY}`);

    const elsewhere = await ask('PATCH', `/v1/connectors/${id}`, { config: { base_url: 'https://evil.example' } });
    expect(elsewhere).toMatchObject({ status: 400, body: { error: { code: 'missing_parameter' } } });
  });

  test('takes a key from standard input, never from an argument', async () => {
    const settings = ['--name', 'second', '--set', `base_url=${store.url}`, '--json'];
    const nobody = await edge(dataDir, 'install', 'cn-magento', ...settings);
    expect(nobody).toMatchObject({ code: 2, stderr: expect.stringContaining('nobody to ask') });
    const second = await edgeWithInput(`${KEY}\n`, dataDir, 'install', 'cn-magento', ...settings, '--key-stdin');
    expect(JSON.parse(second.stdout)).toMatchObject({
      name: 'second',
      status: 'connected',
      auth: { hint: 'mg_****41' },
    });
    const argument = await edge(dataDir, 'connectors', 'set', 'second', `auth=${KEY}`);
    expect(argument).toMatchObject({ code: 2, stdout: '' });
    expect(await edge(dataDir, 'connectors', 'remove', 'second', '--yes')).toMatchObject({ code: 0 });
    expect(sealedEntries(dataDir)).toHaveLength(1);
  });

  test('leaves no secret in files, output, stream or answers', async () => {
    const controller = new AbortController();
    const stream = await fetch(`${agent.url}/v1/stream`, {
      headers: { authorization: `Bearer ${token}` },
      signal: controller.signal,
    });
    const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader();
    let streamed = '';
    const pump = (async () => {
      for (;;) {
        const part = await reader?.read();
        if (part === undefined || part.done) return;
        streamed += part.value;
      }
    })().catch(() => {});

    store.fail({ kind: 'echo' });
    const echoed = await ask('POST', `/v1/connectors/${id}/call`, { tool: 'order.read', arguments: {} });
    expect(echoed).toMatchObject({ status: 502, body: { error: { message: expect.stringContaining('Bearer ****') } } });
    await ask('PATCH', `/v1/connectors/${id}`, { auth: { type: 'api_key', key: 'mg_live_wrong_secret' } }, 'rotate-1');
    store.fail(null);
    await ask('PATCH', `/v1/connectors/${id}`, { auth: { type: 'api_key', key: KEY } }, 'rotate-2');
    await eventually('the change on the stream', 5_000, async () => streamed.includes('mg_****41'));
    controller.abort();
    await pump;

    const answers = await Promise.all(
      ['', `/${id}`, `/${id}/tests`, `/${id}/readings`, `/${id}/policy`].map((path) =>
        ask('GET', `/v1/connectors${path}`),
      ),
    );
    const logs = await edge(dataDir, 'logs', '--json');
    const journal = await edge(dataDir, 'journal', 'list', '--json');
    const texts = [streamed, JSON.stringify(answers), logs.stdout, journal.stdout, agent.output(), onDisk(dataDir)];
    for (const text of texts) {
      expect(text.length).toBeGreaterThan(0);
      expect(text).not.toMatch(/mg_live_|roni_cost@example/);
    }
  });

  test('that is down and one whose key is rejected say so in different words', async () => {
    store.settings.tokens.clear();
    expect(await ask('POST', `/v1/connectors/${id}/test`)).toMatchObject({
      status: 200,
      body: { status: 'failed', results: [{ error: { code: 'auth_failed' } }, {}, {}] },
    });
    expect((await ask('GET', `/v1/connectors/${id}`)).body).toMatchObject({
      status: 'error',
      health: { reason: 'auth_failed' },
    });
    store.fail({ kind: 'reset', work: false });
    expect(await ask('POST', `/v1/connectors/${id}/test`)).toMatchObject({
      status: 502,
      body: { error: { code: 'connector_upstream_error', details: { upstream: { reason: 'source_unreachable' } } } },
    });
    store.fail(null);
    const rights = (await import('../../drivers/saas-magento/simulator/rest-api.ts')).allRights;
    for (const key of [KEY, NEW_KEY]) store.settings.tokens.set(key, rights);
  });

  test('is uninstalled with its key', async () => {
    expect(await ask('DELETE', `/v1/connectors/${id}`)).toMatchObject({
      status: 200,
      body: { id, object: 'connector', deleted: true },
    });
    expect(sealedEntries(dataDir)).toEqual([]);
    expect((await ask('GET', `/v1/connectors/${id}`)).status).toBe(404);
    expect((await ask('GET', '/v1/journal')).body['data']).not.toEqual([]);
  });
});

describe('an agent that is killed while it installs, rotates and uninstalls', () => {
  const dataDir = makeDataDir();
  afterAll(() => removeDataDir(dataDir));

  test('has a key for every connector and a connector for every key', { timeout: 240_000 }, async () => {
    let outcomes = 0;
    for (const delayMs of [0, 4, 8, 12, 18, 25, 40, 60]) {
      const agent = await startAgent({ dataDir, config });
      const settle = async () => agent.api.listConnectors();
      for (const { id } of await settle()) await agent.api.removeConnector(id);
      const kept = await agent.api.installConnector({
        ...seedInstall(),
        name: 'kept',
        auth: { type: 'api_key', key: KEY },
      });
      const gone = await agent.api.installConnector({
        ...seedInstall(),
        name: 'gone',
        auth: { type: 'api_key', key: KEY },
      });
      const work = Promise.allSettled([
        agent.api.installConnector({ ...seedInstall(), name: 'new', auth: { type: 'api_key', key: KEY } }),
        agent.api.updateConnector(kept.id, { auth: { type: 'api_key', key: NEW_KEY } }),
        agent.api.removeConnector(gone.id),
      ]);
      await new Promise((resolve) => setTimeout(resolve, delayMs));
      await agent.kill();
      await work;
      agent.api.close();

      const next = await startAgent({ dataDir, config });
      const connectors = await eventually('as many keys as connectors', 10_000, async () => {
        const found = await next.api.listConnectors();
        return found.length === sealedEntries(dataDir).length ? found : null;
      });
      expect(connectors.map(({ name }) => name)).toContain('kept');
      // One whose uninstallation had begun may go at any moment: it is finished after the start.
      for (const { id } of connectors.filter(({ name }) => name !== 'gone')) {
        const tested = await next.api.request('POST', `/v1/connectors/${id}/test`, {});
        expect(tested, JSON.stringify(tested)).toMatchObject({ status: 'passed' });
      }
      outcomes += connectors.length;
      await next.stop();
      next.api.close();
    }
    expect(outcomes).toBeGreaterThan(0);
  });
});

describe('with the keychain', () => {
  const dataDir = makeDataDir();
  let bench: SecretServiceBench;
  let agent: AgentProcess | null = null;

  beforeAll(async () => {
    bench = await startSecretServiceBench();
  });
  afterEach(async () => {
    await agent?.stop();
    agent = null;
  });
  afterAll(async () => {
    await bench.close();
    removeDataDir(dataDir);
  });

  const start = async () => {
    const keychain = config.replace('keyfile', 'keychain');
    agent = await startAgent({ dataDir, config: keychain, environment: bench.environment });
    return agent;
  };
  const connectorAccounts = async () => (await bench.accounts()).filter((account) => account.includes('/cn_'));

  test('a key rests in the Secret Service, is rotated there, survives a restart, and is purged', async () => {
    await bench.unlock();
    const { api } = await start();
    const { id } = await api.installConnector({ ...seedInstall(), auth: { type: 'api_key', key: KEY } });
    const [account = ''] = await connectorAccounts();
    expect(JSON.parse(await bench.lookup(account))).toEqual({ type: 'api_key', key: KEY });
    await api.updateConnector(id, { auth: { type: 'api_key', key: NEW_KEY } });
    const accounts = await connectorAccounts();
    expect(accounts).toHaveLength(1);
    expect(JSON.parse(await bench.lookup(accounts[0] ?? ''))).toEqual({ type: 'api_key', key: NEW_KEY });
    expect(onDisk(dataDir)).not.toMatch(/mg_live_/);
    await agent?.stop();

    const restarted = await start();
    expect(await restarted.api.request('POST', `/v1/connectors/${id}/test`, {})).toMatchObject({ status: 'passed' });
    await restarted.api.removeConnector(id);
    expect(await connectorAccounts()).toEqual([]);
  });

  test('locked, nothing is installed', async () => {
    await bench.lock();
    const { api } = await start();
    const install = api.installConnector({ ...seedInstall(), auth: { type: 'api_key', key: KEY } });
    await expect(install).rejects.toMatchObject({ code: 'vault_unavailable' });
    expect(await api.listConnectors()).toEqual([]);
  });
});

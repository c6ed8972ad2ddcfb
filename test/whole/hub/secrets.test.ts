import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from '@hpke/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type MagentoSimulator, startMagentoSimulator } from '../../../drivers/saas-magento/simulator.ts';
import { type AgentProcess, edge, edgeWithInput, startAgent } from '../support/agent-process.ts';
import { type Answered, ask } from '../support/ask.ts';
import { type HubProcess, startHubProcess } from '../support/hub-process.ts';
import { type RecordingProxy, startRecordingProxy } from '../support/recording-proxy.ts';
import { eventually } from '../support/wires.ts';

const PATIENCE_MS = 60_000;
const keys = {
  plain: 'mg_live_plain_5b1c20aa',
  sealed: 'mg_live_sealed_77e1f0bb',
  rotated: 'mg_live_rotated_90d2cc',
  typed: 'mg_live_typed_31aa44dd',
  cut: 'mg_live_cut_88ee21ff',
  offline: 'mg_live_offline_4c4c4c',
  early: 'mg_live_early_9f9f9f9f',
} as const;
const text = (file: string) => readFileSync(file, 'latin1');

/** An agent with a software source in reach, a hub, and what reads along between them. */
describe('a secret for a machine', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'edge-secrets-'));
  const hubDir = join(scratch, 'hub');
  const agentDir = join(scratch, 'agent');
  let store: MagentoSimulator;
  let proxy: RecordingProxy;
  let hub: HubProcess;
  let agent: AgentProcess;
  let key = '';
  let agentId = '';

  const request = (method: string, path: string, body?: object, headers = {}): Promise<Answered> =>
    ask(hub, { method, path, body, headers: { authorization: `Bearer ${key}`, ...headers } });
  const shown = async () => (await request('GET', `/v1/agents/${agentId}`)).body;
  const untilLinked = () =>
    eventually('the link stands', PATIENCE_MS, async () => (await agent.api.getCloud()).link.state === 'up');
  const start = async () => {
    const config = 'discover: false\nvault: { provider: keyfile }\nallowed_targets: ["127.0.0.1"]\n';
    agent = await startAgent({ dataDir: agentDir, config });
  };
  /** After a cut the machine waits longer each time; one that starts anew links at once. */
  const startAnew = async () => {
    await agent.stop();
    await start();
  };
  const install = (name: string, auth: object, headers = {}) =>
    request('POST', '/v1/connectors', { listing: 'cn-magento', name, auth, config: { base_url: store.url } }, headers);
  const apiKey = (secret: string) => ({ type: 'api_key', key: secret });
  const listed = async (name: string): Promise<string> =>
    eventually(`the hub lists ${name}`, PATIENCE_MS, async () => {
      const { body } = await request('GET', '/v1/connectors?limit=100');
      return body.data.find((item: { name: string }) => item.name === name)?.id;
    });
  const filesOf = (folder: string) =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => text(join(entry.parentPath, entry.name)))
      .join('\n');
  /** As docs/hub.md tells a program to do it, with nothing of ours. */
  const sealAs = async (secret: string, aad: object, over: object = {}) => {
    const { id, sealing } = { ...(await shown()), ...over };
    const suite = new CipherSuite({ kem: new DhkemX25519HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() });
    const raw = new Uint8Array(Buffer.from(sealing.key, 'base64url')).buffer;
    const encode = (value: string) => new TextEncoder().encode(value);
    const { enc, ct } = await suite.seal(
      {
        recipientPublicKey: await suite.kem.importKey('raw', raw, true),
        info: encode(`fibric-edge sealed 1\n${sealing.origin}\n${id}\n${sealing.epoch}`),
      },
      encode(JSON.stringify(apiKey(secret))),
      encode(JSON.stringify(aad)),
    );
    const base64url = (bytes: ArrayBuffer) => Buffer.from(bytes).toString('base64url');
    return { type: 'sealed', epoch: sealing.epoch, enc: base64url(enc), ciphertext: base64url(ct) };
  };
  /** Members in the order of RFC 8785. */
  const intoInstall = (name: string, baseUrl = store.url) => ({
    config: { base_url: baseUrl },
    name,
    target: 'cn-magento',
    verb: 'connector.install',
  });

  beforeAll(async () => {
    store = await startMagentoSimulator({ tokens: Object.values(keys) });
    proxy = await startRecordingProxy();
    hub = await startHubProcess({ dataDir: hubDir, origin: proxy.url });
    proxy.aim(Number(new URL(hub.url).port));
    await start();
    await hub.api.createTenant('acme');
    const made = await hub.admin('acme').createKey({ name: 'console', role: 'admin' });
    key = made.key ?? '';
    const grants = { read: true, act: true, install: true, care: true };
    const { token = '' } = await hub
      .admin('acme')
      .createEnrolment({ name_pattern: '*', uses: 1, expires_in_ms: 3_600_000, grants });
    const paired = await edge(
      agentDir,
      ...['pair', proxy.url, '--name', 'packing-1', '--enrolment-token', token, '--grants', 'read,act,install,care'],
    );
    expect(paired.code, paired.stderr).toBe(0);
    agentId = (await request('GET', '/v1/agents')).body.data[0].id;
    await untilLinked();
  }, 240_000);
  afterAll(async () => {
    await agent?.stop();
    await hub?.stop();
    await proxy?.close();
    await store?.close();
    rmSync(scratch, { recursive: true, force: true });
  });

  it('given to the hub in clear is sealed there, and installs a source that works', async () => {
    await eventually('the hub knows the listing', PATIENCE_MS, async () =>
      (await request('GET', '/v1/listings')).body.data.some(({ id }: { id: string }) => id === 'cn-magento'),
    );
    const made = await install('plain', apiKey(keys.plain), { 'idempotency-key': 'plain-1' });
    expect([made.status, made.body.status, made.body.auth]).toEqual([
      201,
      'connected',
      { type: 'api_key', hint: 'mg_****aa' },
    ]);
    const again = await install('plain', apiKey(keys.plain), { 'idempotency-key': 'plain-1' });
    expect([again.status, again.body.id]).toEqual([200, made.body.id]);
    const wrong = await install('wrong', apiKey('mg_live_wrong_key_000'));
    expect([wrong.status, wrong.body.error.code]).toEqual([422, 'auth_failed']);
  });

  it('sealed by a program is nothing that the hub could read', async () => {
    const auth = await sealAs(keys.sealed, intoInstall('sealed'));
    const made = await install('sealed', auth);
    expect([made.status, made.body.status]).toEqual([201, 'connected']);
    const again = await install('sealed-2', auth);
    expect([again.status, again.body.error.details]).toEqual([
      400,
      expect.objectContaining({ reason: 'not_sealed_for_this' }),
    ]);
  });

  it('sealed by the command line goes to the machine whose words are given', async () => {
    const { key_words } = await shown();
    const args = ['hub', 'connectors', 'install', 'cn-magento', '--tenant', 'acme', '--test', '--agent', 'packing-1'];
    const more = ['--name', 'typed', '--set', `base_url=${store.url}`, '--secret-stdin'];
    const other = await edgeWithInput(
      keys.typed,
      hubDir,
      ...args,
      ...more,
      '--key-words',
      'one two three four five six',
    );
    expect([other.code === 0, other.stderr]).toEqual([false, expect.stringContaining('key words')]);
    const made = await edgeWithInput(`${keys.typed}\n`, hubDir, ...args, ...more, '--key-words', key_words);
    expect(made.code, made.stderr).toBe(0);
    expect(made.stdout).toContain('on packing-1');
    await listed('typed');
    const set = ['hub', 'connectors', 'set', 'typed', '--tenant', 'acme', '--test', '--secret-stdin', '--json'];
    const changed = await edgeWithInput(keys.rotated, hubDir, ...set);
    expect(changed.code, changed.stderr).toBe(0);
    expect(JSON.parse(changed.stdout).auth.hint).toBe('mg_****cc');
  });

  it('is changed through the hub as far as care is granted', async () => {
    const id = await listed('plain');
    const changed = await request('PATCH', `/v1/connectors/${id}`, { auth: apiKey(keys.rotated) });
    expect([changed.status, changed.body.auth.hint]).toEqual([200, 'mg_****cc']);
    await edge(agentDir, 'cloud', 'deny', 'care');
    const refused = await request('PATCH', `/v1/connectors/${id}`, { auth: apiKey(keys.plain) });
    expect([refused.status, refused.body.error.details.grant]).toEqual([403, 'care']);
    await edge(agentDir, 'cloud', 'grant', 'care');
  });

  it.each([
    ['another address', { config: { base_url: 'https://evil.example' } }],
    ['another name', { name: 'other' }],
  ])('is refused when the hub would use it with %s', async (_what, change) => {
    const auth = await sealAs(keys.sealed, intoInstall('moved'));
    const body = { listing: 'cn-magento', name: 'moved', auth, config: { base_url: store.url }, ...change };
    const refused = await request('POST', '/v1/connectors', body);
    expect([refused.status, refused.body.error.details.reason]).toEqual([400, 'not_sealed_for_this']);
  });

  it('is refused when it was changed on its way, or sealed for another machine', async () => {
    const auth = await sealAs(keys.sealed, intoInstall('changed'));
    const bytes = Buffer.from(auth.ciphertext, 'base64url');
    bytes[3] = (bytes[3] ?? 0) ^ 1;
    const changed = await install('changed', { ...auth, ciphertext: bytes.toString('base64url') });
    expect([changed.status, changed.body.error.details.reason]).toEqual([400, 'not_sealed_for_this']);
    const elsewhere = await install('changed', await sealAs(keys.sealed, intoInstall('changed'), { id: 'agt_other' }));
    expect([elsewhere.status, elsewhere.body.error.details.reason]).toEqual([400, 'not_sealed_for_this']);
  });

  it('is taken once, whoever repeats the frame', async () => {
    const frame = proxy
      .fromHub()
      .findLast(
        (said) =>
          said['type'] === 'request' &&
          said['call'].verb === 'connector.install' &&
          said['call'].body.name === 'sealed',
      );
    expect(frame?.['call'].body.auth).toMatchObject({ type: 'sealed' });
    const answer = await proxy.sayToAgent({ ...frame, id: 'repeated' });
    expect(answer).toMatchObject({ type: 'failed', error: { details: { reason: 'sealed_secret_used' } } });
    // Nor is one in clear understood at all: the link has no form for it.
    const linked = proxy.fromHub().length;
    void proxy.sayToAgent({
      ...frame,
      id: 'clear',
      call: { ...frame?.['call'], body: { ...frame?.['call'].body, auth: apiKey('mg_live_in_clear') } },
    });
    await eventually('the machine has cut that link', PATIENCE_MS, async () => proxy.fromHub().length > linked);
    await untilLinked();
    const old = await proxy.sayToAgent({ ...frame, id: 'from-before' });
    expect(old).toMatchObject({ type: 'failed', error: { details: { reason: 'sealed_too_early' } } });
  });

  it.each([
    ['given in clear', async () => apiKey(keys.cut)],
    ['sealed anew', async (name: string) => sealAs(keys.cut, intoInstall(name))],
  ])('installs once under one key when the link is cut behind the machine (%s)', async (what, auth) => {
    const name = `cut ${what}`;
    const headers = { 'idempotency-key': name };
    proxy.onAgentSays((frame) => (frame['type'] === 'result' ? null : frame));
    const lost = install(name, await auth(name), headers);
    await eventually('the machine has installed it', PATIENCE_MS, async () =>
      (await agent.api.listConnectors()).some((connector) => connector.name === name),
    );
    proxy.cut();
    const cut = await lost;
    expect([cut.status, cut.body.error.details.upstream.reason]).toEqual([502, 'link_cut']);
    expect(cut.body.error.details.hint).toContain('same Idempotency-Key');
    proxy.onAgentSays((frame) => frame);
    await startAnew();
    await untilLinked();
    const again = await install(name, await auth(name), headers);
    const [made] = (await agent.api.listConnectors()).filter((connector) => connector.name === name);
    expect([again.status, again.body.id]).toEqual([200, made?.id]);
    const other = await install(name, apiKey(keys.plain), headers);
    expect([other.status, other.body.error.code]).toEqual([409, 'idempotency_conflict']);
    expect((await agent.api.listConnectors()).filter((connector) => connector.name.startsWith(name))).toHaveLength(1);
  });

  it('says truly what to ask after a cut change or uninstall', async () => {
    const id = await listed('typed');
    for (const [method, body, hint] of [
      ['PATCH', { name: 'typed-2' }, 'The same change may be asked for again'],
      ['DELETE', undefined, 'not_found says that it is uninstalled'],
    ] as const) {
      proxy.onAgentSays((frame) => (frame['type'] === 'result' ? null : frame));
      const lost = request(method, `/v1/connectors/${id}`, body);
      await eventually('the machine has done it', PATIENCE_MS, async () => {
        const found = (await agent.api.listConnectors()).find((connector) => connector.id === id);
        return method === 'PATCH' ? found?.name === 'typed-2' : found === undefined;
      });
      proxy.cut();
      const cut = await lost;
      expect([cut.status, cut.body.error.details.upstream.reason]).toEqual([502, 'link_cut']);
      expect(cut.body.error.details.hint).toContain(hint);
      proxy.onAgentSays((frame) => frame);
      await startAnew();
      await untilLinked();
      const again = () => request(method, `/v1/connectors/${id}`, body);
      if (method === 'PATCH') expect((await again()).body.name).toBe('typed-2');
      else await eventually('the hub says so', PATIENCE_MS, async () => (await again()).status === 404);
    }
  });

  it('is sealed with what the machine told last, and with nothing that it did not sign', async () => {
    const earlier = (await shown()).sealing;
    await startAnew();
    await untilLinked();
    expect((await shown()).sealing.epoch).not.toBe(earlier.epoch);
    /** The next time that the machine tells its grants, the hub hears this in their place. */
    const hearsInstead = async (sealing: object) => {
      const heard = Promise.withResolvers<void>();
      proxy.onAgentSays((frame) => {
        if (frame['type'] !== 'grants') return frame;
        heard.resolve();
        return { type: 'sealing', sealing };
      });
      await edge(agentDir, 'cloud', 'deny', 'act');
      await heard.promise;
      proxy.onAgentSays((frame) => frame);
    };
    await hearsInstead(earlier);
    await eventually('the hub shows it', PATIENCE_MS, async () => (await shown()).sealing.epoch === earlier.epoch);
    await hearsInstead({ ...earlier, key: 'B'.repeat(43) });
    await edge(agentDir, 'cloud', 'deny', 'read');
    await eventually('the hub has heard what came after it', PATIENCE_MS, async () => !(await shown()).grants.read);
    expect((await shown()).sealing).toEqual(earlier);
    await edge(agentDir, 'cloud', 'grant', 'read');
    await edge(agentDir, 'cloud', 'grant', 'act');
    await eventually('the hub may read again', PATIENCE_MS, async () => (await shown()).grants.act);
    const refused = await install('earlier', apiKey(keys.early));
    expect([refused.status, refused.body.error.details.reason]).toEqual([400, 'sealed_too_early']);
  });

  it('is refused with what to do for a machine that told no key, until it tells one', async () => {
    proxy.onAgentSays(({ sealing: _, ...frame }) => frame);
    await startAnew();
    await untilLinked();
    expect(await shown()).toMatchObject({ state: 'linked', sealing: null });
    const refused = await install('early', apiKey(keys.early));
    expect([refused.status, refused.body.error.details.upstream.reason]).toEqual([502, 'no_sealing_key']);
    expect(refused.body.error.details.hint).toContain('at the machine');
    // A key that the machine did not sign is no key.
    proxy.onAgentSays((frame) =>
      frame['type'] === 'hello' ? { ...frame, sealing: { ...frame['sealing'], key: 'B'.repeat(43) } } : frame,
    );
    await startAnew();
    await untilLinked();
    expect(await shown()).toMatchObject({ state: 'linked', sealing: null });
    proxy.onAgentSays((frame) => frame);
    await startAnew();
    await untilLinked();
    expect((await install('early', apiKey(keys.early))).status).toBe(201);
  });

  it('is kept nowhere while the machine is away', async () => {
    await agent.stop();
    await eventually('the hub has noticed', PATIENCE_MS, async () => (await shown()).state === 'offline');
    expect((await shown()).sealing).toBeNull();
    for (const [method, path, body] of [
      ['POST', '/v1/connectors', { listing: 'cn-magento', name: 'offline', auth: apiKey(keys.offline) }],
      ['PATCH', `/v1/connectors/${await listed('plain')}`, { auth: apiKey(keys.offline) }],
    ] as const) {
      const refused = await request(method, path, body, { 'idempotency-key': `offline-${method}` });
      expect([refused.status, refused.body.error.details.upstream.reason]).toEqual([502, 'agent_offline']);
    }
    const frames = proxy.fromHub().length;
    await start();
    await untilLinked();
    expect(
      proxy
        .fromHub()
        .slice(frames)
        .filter(({ type }) => type === 'request'),
    ).toEqual([]);
  });

  it("is in no file or line of the hub's, in no frame, and on the machine in the vault only", async () => {
    // In clear it is in the request to the hub itself, which does not go through the proxy.
    const places = {
      hub: `${filesOf(hubDir)}${hub.output()}`,
      wire: proxy.seen(),
      machine: `${filesOf(agentDir)}${agent.output()}`,
    };
    for (const [place, held] of Object.entries(places)) {
      expect(held.length, place).toBeGreaterThan(1_000);
      for (const secret of Object.values(keys)) expect(held.includes(secret), `${secret} in ${place}`).toBe(false);
    }
    expect(places.wire).toContain('"type":"sealed"');
  });
});

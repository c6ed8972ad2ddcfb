import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request as httpsRequest } from 'node:https';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FibricApi, startFibricApi } from '../../peers/fibric-api/server.ts';
import {
  type AgentProcess,
  edge,
  edgeWithInput,
  makeDataDir,
  removeDataDir,
  startAgent,
} from '../support/agent-process.ts';
import { type Authority, makeAuthority, type ServerCertificate } from '../support/certificates.ts';
import { type ConnectProxy, startConnectProxy } from '../support/connect-proxy.ts';
import { type HubProcess, startHubProcess } from '../support/hub-process.ts';
import { eventually } from '../support/wires.ts';

const PATIENCE_MS = 90_000;
const PASSWORD = 'Kr4nich-im-Nebel';

/**
 * An agent in a network from which only a proxy leads out. Nobody but that proxy knows the name of the hub, and a counter stands
 * before the hub: what came there and not through the proxy would show.
 */
describe('behind a proxy that asks who is there', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'edge-proxy-'));
  const hubDir = join(scratch, 'hub');
  const agentDir = join(scratch, 'agent');
  const certFile = join(scratch, 'hub.pem');
  const keyFile = join(scratch, 'hub.key');
  const rootFile = join(scratch, 'root.pem');
  const systemFile = join(scratch, 'system.pem');
  let authority: Authority;
  /** One that the system of this machine trusts. */
  let system: Authority;
  let proxy: ConnectProxy;
  let hub: HubProcess;
  let agent: AgentProcess;
  let gate: Server;
  let arrived = 0;
  let origin = '';
  let key = '';

  const put = ({ cert, key: secret }: ServerCertificate) => {
    writeFileSync(certFile, cert);
    writeFileSync(keyFile, secret);
    if (hub !== undefined) process.kill(hub.pid, 'SIGHUP');
  };
  const json = async (...args: readonly string[]) => JSON.parse((await edge(agentDir, ...args, '--json')).stdout);
  const check = async (): Promise<Record<string, { result: string; message: string; reason: string | null }>> => {
    const { steps } = await json('cloud', 'check', origin);
    return Object.fromEntries(steps.map((one: { step: string }) => [one.step, one]));
  };
  const link = async () => (await json('cloud', 'status')).link;
  const untilLinked = () => eventually('the link stands', PATIENCE_MS, async () => (await link()).state === 'up');
  const untilReason = (reason: string) =>
    eventually(`the link says ${reason}`, PATIENCE_MS, async () => (await link()).error?.details?.reason === reason);
  /** As a program elsewhere: it has its own way to the hub, past the proxy and the counter. */
  // biome-ignore lint/suspicious/noExplicitAny: what the wire says is what the tests look into
  const ask = async (method: string, path: string, body?: object): Promise<any> => {
    const sent = httpsRequest({
      host: '127.0.0.1',
      port: new URL(hub.url).port,
      servername: 'hub.test',
      ca: authority.root,
      method,
      path,
      agent: false,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
    });
    sent.end(body === undefined ? undefined : JSON.stringify(body));
    const [response] = await once(sent, 'response');
    let text = '';
    for await (const chunk of response) text += chunk;
    return JSON.parse(text);
  };
  const setProxy = (password: string) =>
    edgeWithInput(`${password}\n`, agentDir, 'cloud', 'proxy', 'set', proxy.url, '--user', 'edge', '--password-stdin');

  beforeAll(async () => {
    authority = await makeAuthority('Factory');
    put(await authority.issue(['hub.test']));
    writeFileSync(rootFile, authority.root);
    system = await makeAuthority('System');
    writeFileSync(systemFile, system.root);
    proxy = await startConnectProxy({ name: 'edge', password: PASSWORD });
    gate = createServer((near) => {
      arrived += 1;
      const far = connect(Number(new URL(hub.url).port), '127.0.0.1');
      for (const [one, other] of [
        [near, far],
        [far, near],
      ] as const) {
        one.on('error', () => other.destroy());
        one.once('close', () => other.destroy());
        one.pipe(other);
      }
    });
    gate.listen(0, '127.0.0.1');
    await once(gate, 'listening');
    origin = `https://hub.test:${(gate.address() as AddressInfo).port}`;
    hub = await startHubProcess({ dataDir: hubDir, origin, more: ['--tls-cert', certFile, '--tls-key', keyFile] });
    await hub.api.createTenant('acme');
    const made = await edge(
      hubDir,
      'hub',
      'keys',
      'create',
      '--tenant',
      'acme',
      '--test',
      '--name',
      'p',
      '--role',
      'admin',
      '--json',
    );
    key = JSON.parse(made.stdout).key;
    agent = await startAgent({
      dataDir: agentDir,
      demo: true,
      environment: { https_proxy: proxy.url, no_proxy: '', NO_PROXY: '', SSL_CERT_FILE: systemFile },
    });
  }, 240_000);
  afterAll(async () => {
    await agent?.stop();
    await hub?.stop();
    await proxy?.stop();
    gate?.close();
    rmSync(scratch, { recursive: true, force: true });
  });

  it('takes the proxy of the environment, and says that it asks for a user', async () => {
    expect((await json('cloud', 'proxy')).proxy).toMatchObject({
      url: proxy.url,
      from: 'environment',
      has_password: false,
    });
    const pairing = await edge(agentDir, 'pair', origin, '--no-wait');
    expect(pairing.code).not.toBe(0);
    expect(pairing.stderr).toMatch(/asks for a user and a password \(407\)[\s\S]*cloud proxy set --user NAME/);
    expect(arrived).toBe(0);
  });

  it('says that a password is wrong, and does not try it again and again', async () => {
    expect((await setProxy('wrong')).code).toBe(0);
    const before = proxy.turnedAway();
    for (let turn = 0; turn < 3; turn += 1) {
      const pairing = await edge(agentDir, 'pair', origin, '--no-wait');
      expect(pairing.stderr).toContain('does not accept the user and password');
    }
    expect(proxy.turnedAway() - before).toBe(1);
    expect((await check())['proxy']).toMatchObject({ result: 'failed', reason: 'proxy_auth_wrong' });
  });

  it('names the issuer of a certificate that is not trusted, and what to set', async () => {
    expect((await setProxy(PASSWORD)).code).toBe(0);
    const { proxy: through, tls, hub: last } = await check();
    expect([through?.result, tls?.result, last?.result]).toEqual(['ok', 'failed', 'not_reached']);
    expect(tls?.reason).toBe('certificate_untrusted');
    expect(tls?.message).toContain('CN=Factory (issuing)');
    const pairing = await edge(agentDir, 'pair', origin, '--no-wait');
    expect(pairing.stderr).toContain('cloud.ca_file');
  });

  it('pairs, links, is called and sends its events through the proxy, and nothing goes past it', async () => {
    const set = await edge(agentDir, 'cloud', 'ca', 'set', rootFile);
    expect(set.stdout).toContain('CN=Factory');
    const { pairing, key_words } = await json('pair', origin, '--name', 'press-1', '--no-wait');
    await hub.admin('acme').approvePairing(pairing.user_code, { key_words });
    await untilLinked();
    const scale = await eventually('the hub lists the scale', PATIENCE_MS, async () => {
      const { data } = await ask('GET', '/v1/connectors?kind=hardware&limit=100');
      return data.find(
        (one: { name: string; status: string }) => one.name === 'front-scale' && one.status === 'connected',
      );
    });
    const read = await ask('POST', `/v1/connectors/${scale.id}/call`, { tool: 'weight.read' });
    expect(read).toMatchObject({ kind: 'read', output: { unit: 'kg' } });
    await eventually(
      'events have arrived',
      PATIENCE_MS,
      async () => (await ask('GET', '/v1/events?limit=1')).data.length > 0,
    );
    const walked = await check();
    expect(Object.values(walked).map(({ result }) => result)).toEqual(['ok', 'ok', 'ok', 'ok', 'ok']);
    // Each that the counter saw was let through by the proxy, and each that it let through was seen.
    expect(arrived).toBeGreaterThan(0);
    await eventually('both have counted the same', PATIENCE_MS, async () => arrived === proxy.opened());
  });

  it('recovers by itself when the proxy was away', async () => {
    await proxy.stop();
    await untilReason('proxy_unreachable');
    expect((await edge(agentDir, 'doctor')).stdout).toMatch(
      /ERROR\s+Cloud: .*Failed: connection\. The proxy .* can't be reached/,
    );
    await proxy.startAgain();
    await untilLinked();
    expect((await edge(agentDir, 'doctor')).stdout).toMatch(/ok\s+Cloud: .*name, connection, proxy, tls, hub are well/);
  });

  it('opens the link anew when the proxy is changed, without a restart', async () => {
    await setProxy('wrong again');
    await untilReason('proxy_auth_wrong');
    await setProxy(PASSWORD);
    await untilLinked();
  });

  it('names dates and clock when the certificate has expired, and links again when it is renewed', async () => {
    put(await authority.issue(['hub.test'], { from: -60, until: -1 }));
    await eventually(
      'the hub has it',
      PATIENCE_MS,
      async () => (await check())['tls']?.reason === 'certificate_expired',
    );
    await proxy.stop();
    await proxy.startAgain();
    await untilReason('certificate_expired');
    expect((await link()).error.message).toMatch(/good until \d{4}-.*has expired\. This machine's clock says \d{4}-/);
    put(await authority.issue(['hub.test']));
    await untilLinked();
  });

  it('keeps the password in the vault alone', async () => {
    const doctor = await edge(agentDir, 'doctor', '--json');
    const shown = await edge(agentDir, 'cloud', 'proxy', '--json');
    const logs = await edge(agentDir, 'logs', '--json');
    expect(JSON.parse(shown.stdout).proxy).toMatchObject({ username: 'edge', has_password: true });
    const basic = Buffer.from(`edge:${PASSWORD}`).toString('base64');
    const places: Record<string, string> = {
      doctor: doctor.stdout,
      shown: shown.stdout,
      logs: logs.stdout,
      output: agent.output(),
    };
    for (const file of readdirSync(agentDir, { recursive: true, withFileTypes: true })) {
      if (file.isFile()) places[file.name] = readFileSync(join(file.parentPath, file.name), 'latin1');
    }
    expect(Object.keys(places)).toContain('state.db');
    const found = Object.entries(places).filter(([, text]) => text.includes(PASSWORD) || text.includes(basic));
    expect(found.map(([name]) => name)).toEqual([]);
  });

  it('goes without the proxy where an exception says so: the name leads nowhere then', async () => {
    await edge(agentDir, 'cloud', 'proxy', 'set', '--except', '*.test');
    const { name, proxy: through } = await check();
    expect([name?.result, name?.reason, through]).toEqual(['failed', 'name_not_found', undefined]);
    const passed = proxy.opened();
    await edge(agentDir, 'cloud', 'proxy', 'set', '--except', '');
    await untilLinked();
    expect(proxy.opened()).toBeGreaterThan(passed);
    // What the proxy had let through when it was ended did not all arrive; nothing arrived that it had not let through.
    expect(arrived).toBeLessThanOrEqual(proxy.opened());
  });

  it("trusts the system's authorities beside the one that was added", async () => {
    put(await system.issue(['hub.test']));
    const shown = (issuer: string) =>
      eventually(`a certificate of ${issuer} is taken`, PATIENCE_MS, async () => {
        const { tls } = await check();
        return tls?.result === 'ok' && tls.message.includes(`CN=${issuer} (issuing)`);
      });
    await shown('System');
    put(await authority.issue(['hub.test']));
    await shown('Factory');
  });
});

/** The other cloud, over HTTP, with the proxy in the configuration. */
describe("Fibric's own API behind a proxy", () => {
  const dataDir = makeDataDir();
  const fibricKey = 'sk_test_0123456789abcdef';
  let api: FibricApi;
  let proxy: ConnectProxy;
  let agent: AgentProcess;
  beforeAll(async () => {
    api = await startFibricApi({
      keys: [fibricKey],
      listings: ['cn-scale-sics', 'cn-modbus', 'cn-printer-escpos', 'cn-lock-relay'],
    });
    proxy = await startConnectProxy({ name: 'edge', password: PASSWORD });
    const config = `discover: false
cloud:
  provider: fibric
  proxy: ${proxy.url}
  fibric: { base_url: "http://fibric.test:${new URL(api.url).port}" }
`;
    agent = await startAgent({ dataDir, demo: true, config });
  }, 120_000);
  afterAll(async () => {
    await agent?.stop();
    await proxy?.stop();
    await api?.close();
    removeDataDir(dataDir);
  });

  it('is given connectors and events once the proxy knows who is there', async () => {
    await edgeWithInput(fibricKey, dataDir, 'cloud', 'fibric', 'set-key', '--key-stdin');
    await eventually('the proxy has turned it away', PATIENCE_MS, async () => proxy.turnedAway() > 0);
    expect(api.requests).toEqual([]);
    const elsewhere = await edge(dataDir, 'cloud', 'proxy', 'set', 'http://other.test:3128');
    expect(elsewhere.stderr).toMatch(/The configuration of this machine names the proxy/);
    const set = ['cloud', 'proxy', 'set', '--user', 'edge', '--password-stdin'];
    expect((await edgeWithInput(PASSWORD, dataDir, ...set)).code).toBe(0);
    const { proxy: shown } = JSON.parse((await edge(dataDir, 'cloud', 'proxy', '--json')).stdout);
    expect(shown).toMatchObject({ from: 'configuration', username: 'edge', has_password: true });
    await eventually('connectors are registered', PATIENCE_MS, async () => api.connectors('test').length > 0);
    await eventually('events have arrived', PATIENCE_MS, async () => api.events('test').length > 0);
    expect((await edge(dataDir, 'cloud', 'check')).stdout).toContain(
      `opens the way to fibric.test:${new URL(api.url).port}`,
    );
  });
});

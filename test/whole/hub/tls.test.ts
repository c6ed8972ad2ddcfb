import { once } from 'node:events';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { connect as connectPlain } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { edge } from '../support/agent-process.ts';
import { type Authority, makeAuthority, type ServerCertificate } from '../support/certificates.ts';
import { type HubProcess, startHubProcess } from '../support/hub-process.ts';
import { eventually } from '../support/wires.ts';

const PATIENCE_MS = 60_000;

describe('a hub with a certificate', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'edge-tls-'));
  const certFile = join(scratch, 'hub.pem');
  const keyFile = join(scratch, 'hub.key');
  const tls = ['--tls-cert', certFile, '--tls-key', keyFile];
  let authority: Authority;
  let hub: HubProcess;

  /** As renewals do: the new files take the place of the old. */
  const put = ({ cert, key }: ServerCertificate) => {
    for (const [file, text] of [
      [certFile, cert],
      [keyFile, key],
    ] as const) {
      writeFileSync(`${file}.new`, text);
      renameSync(`${file}.new`, file);
    }
  };
  const trusting = () => ({
    host: '127.0.0.1',
    servername: 'hub.test',
    ca: authority.root,
    port: new URL(hub.url).port,
  });
  /** The serial number of the certificate that a new connection is shown. */
  const shown = async (): Promise<string> => {
    const socket = connect({ ...trusting(), port: Number(new URL(hub.url).port) });
    await once(socket, 'secureConnect');
    const { serialNumber } = socket.getPeerCertificate();
    socket.destroy();
    return serialNumber;
  };

  beforeAll(async () => {
    authority = await makeAuthority('Tests of the hub');
    put(await authority.issue(['hub.test']));
    hub = await startHubProcess({ dataDir: join(scratch, 'hub'), more: tls });
  }, 120_000);
  afterAll(async () => {
    await hub?.stop();
    rmSync(scratch, { recursive: true, force: true });
  });

  it('speaks HTTPS and WSS on one port, under the name in the certificate', async () => {
    expect(hub.url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    expect(hub.output()).toContain(`https://hub.test:${new URL(hub.url).port}`);
    const sent = request({ ...trusting(), path: '/v1/connectors', agent: false });
    sent.end();
    const [response] = await once(sent, 'response');
    expect(response.statusCode).toBe(401);
    response.destroy();
    const options = { servername: 'hub.test', ca: authority.root };
    const socket = new WebSocket(`${hub.url.replace('https', 'wss')}/v1/link`, options);
    const [frame] = await once(socket, 'message');
    expect(JSON.parse(String(frame))).toMatchObject({ type: 'challenge' });
    socket.terminate();
  });

  it('shows a renewed certificate to new connections by itself, and leaves those alone that stand', async () => {
    const standing = connect({ ...trusting(), port: Number(new URL(hub.url).port) });
    await once(standing, 'secureConnect');
    const before = await shown();
    put(await authority.issue(['hub.test']));
    await eventually('the new one is shown', PATIENCE_MS, async () => (await shown()) !== before);
    standing.write('GET /v1/connectors HTTP/1.1\r\nHost: hub.test\r\n\r\n');
    const [answer] = await once(standing, 'data');
    expect(String(answer)).toContain('401');
    standing.destroy();
  });

  it('goes on with the old one while the files do not fit together, and takes the pair on a signal', async () => {
    const before = await shown();
    const next = await authority.issue(['hub.test']);
    put({ ...next, key: (await authority.issue(['hub.test'])).key });
    process.kill(hub.pid, 'SIGHUP');
    await eventually('it says so', PATIENCE_MS, async () => hub.output().includes('does not belong to the first'));
    expect(await shown()).toBe(before);
    put(next);
    process.kill(hub.pid, 'SIGHUP');
    await eventually('the pair is shown', PATIENCE_MS, async () => (await shown()) !== before);
  });

  it('does not start with what is no pair, and names file and mend', async () => {
    const start = (...args: string[]) => edge(join(scratch, 'other'), 'hub', 'run', '--port', '0', ...args);
    const other = join(scratch, 'other.key');
    writeFileSync(other, (await authority.issue(['else.test'])).key);
    const mismatch = await start('--tls-cert', certFile, '--tls-key', other);
    expect(mismatch.stderr).toMatch(
      /other\.key does not belong to the first certificate in .*hub\.pem \(DNS:hub\.test\)/,
    );
    const missing = await start('--tls-cert', join(scratch, 'none.pem'), '--tls-key', keyFile);
    expect(missing.stderr).toMatch(/none\.pem \(--tls-cert\) can't be read/);
    const noPem = await start('--tls-cert', keyFile, '--tls-key', keyFile);
    expect(noPem.stderr).toContain('holds no certificate in PEM');
    const alone = await start('--tls-cert', certFile);
    expect(alone.stderr).toContain('go together');
    expect([mismatch.code, missing.code, noPem.code, alone.code]).not.toContain(0);
  });

  it('ends although somebody has connected and says nothing', async () => {
    const own = await startHubProcess({ dataDir: join(scratch, 'own'), more: tls });
    const mute = connectPlain(Number(new URL(own.url).port), '127.0.0.1');
    await once(mute, 'connect');
    const closed = once(mute.resume(), 'close');
    expect(await own.stop()).toBe(0);
    await closed;
  });
});

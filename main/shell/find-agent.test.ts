import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findAgent } from './find-agent.ts';

let folder: string;
let servers: Server[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'find-'));
  servers = [];
});
afterEach(async () => {
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  rmSync(folder, { recursive: true, force: true });
});

const place = (name: string, isService: boolean) => ({ socketPath: join(folder, name), isService });
const listen = async (name: string, status = 200) => {
  const server = createServer((_request, response) =>
    response.writeHead(status, { 'Content-Type': 'application/json' }).end(
      status === 200
        ? '{}'
        : JSON.stringify({
            error: {
              type: 'api_error',
              code: 'internal_error',
              message: 'ill',
              doc_url: 'https://x.example/',
              request_id: 'req_1',
            },
          }),
    ),
  );
  server.keepAliveTimeout = 1;
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(join(folder, name), resolve));
};
const find = (serviceInstalled = false) =>
  findAgent([place('own', false), place('service', true)], {
    serviceInstalled: () => serviceInstalled,
    signal: new AbortController().signal,
  });
const closed = async () => {
  const found = await find();
  if (found.kind === 'running') found.api.close();
  return found;
};

describe('looking for an agent', () => {
  it('takes the own one before the service, as the command line does', async () => {
    await listen('own');
    await listen('service');
    expect(await closed()).toMatchObject({ kind: 'running', place: { isService: false } });
  });

  it('takes the service where there is no other', async () => {
    await listen('service');
    expect(await closed()).toMatchObject({ kind: 'running', place: { isService: true }, owner: 'system' });
  });

  it('finds none where nothing listens, whatever an agent left behind', async () => {
    expect(await find()).toEqual({ kind: 'none' });
    writeFileSync(join(folder, 'own'), '');
    expect(await find()).toEqual({ kind: 'none' });
  });

  it('starts none beside a service that is installed and silent', async () => {
    expect(await find(true)).toMatchObject({ kind: 'service-silent', error: { code: 'agent_unreachable' } });
  });

  it.skipIf(process.getuid?.() === 0)(
    `says so when this user may not talk to the service${process.getuid?.() === 0 ? ' (skipped: root may talk to every socket)' : ''}`,
    async () => {
      await listen('service');
      chmodSync(join(folder, 'service'), 0o000);
      expect(await find()).toMatchObject({
        kind: 'service-silent',
        error: { hint: expect.stringContaining('group fibric-edge') },
      });
    },
  );

  it('starts none beside an agent of its own that is there and ill', async () => {
    await listen('own', 500);
    expect(await find()).toMatchObject({ kind: 'service-silent', error: { message: 'ill' } });
  });

  it('ends when it is told to', async () => {
    const stop = new AbortController();
    stop.abort();
    await expect(
      findAgent([place('own', false)], { serviceInstalled: () => false, signal: stop.signal }),
    ).rejects.toMatchObject({
      code: 'cancelled',
    });
  });
});

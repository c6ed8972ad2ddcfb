import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AgentProcess, startAgent } from './support/agent-process.ts';
import { type Answered, ask } from './support/ask.ts';
import { makeToken } from './support/mcp.ts';
import { eventually, layWire, type Wire } from './support/wires.ts';

/** Whole agents on two serial wires with nobody at the far end: an install is stored, then waits for an answer in vain. */
describe('an Idempotency-Key, with whole agents', () => {
  let scratch: string;
  let wires: Wire[] = [];
  let agent: AgentProcess;
  let token: string;

  beforeEach(async () => {
    scratch = mkdtempSync(join(tmpdir(), 'edge-'));
    mkdirSync(join(scratch, 'dev'));
    wires = await Promise.all(
      ['a', 'b'].map((name) => layWire(join(scratch, 'dev', name), join(scratch, 'dev', `${name}-far`))),
    );
    await start('keyfile');
    token = await makeToken(agent, ['connectors:read', 'connectors:write', 'operators:read', 'operators:write']);
  });
  afterEach(async () => {
    await agent.stop();
    await Promise.all(wires.map((wire) => wire.pull()));
    rmSync(scratch, { recursive: true, force: true });
  });

  async function start(vault: 'keyfile' | 'keychain') {
    agent = await startAgent({
      dataDir: join(scratch, 'data'),
      config: [
        `discover: false`,
        `vault: { provider: ${vault} }`,
        `paths:`,
        ...wires.map(({ near }) => `  - path: ${near}`),
        '',
      ].join('\n'),
      // No keychain can be reached there.
      environment: { DBUS_SESSION_BUS_ADDRESS: `unix:path=${join(scratch, 'no-bus')}` },
    });
  }

  const send = (method: string, path: string, body?: object, key?: string): Promise<Answered> =>
    ask(
      { url: agent.url },
      {
        method,
        path,
        body,
        headers: { Authorization: `Bearer ${token}`, ...(key === undefined ? {} : { 'Idempotency-Key': key }) },
      },
    );
  const installed = async (): Promise<{ id: string; name: string }[]> =>
    (await send('GET', '/v1/connectors')).body.data;
  const scaleOn = async (wire: number, name?: string) => {
    const { data } = (await send('GET', '/v1/devices')).body;
    const device = data.find(({ path }: { path: string }) => path === wires[wire]?.near);
    return {
      listing: 'cn-scale-sics',
      auth: { type: 'none' },
      config: { device: device.id },
      ...(name === undefined ? {} : { name }),
    };
  };

  it('of an install that was killed before its answer gives the connector that was made, and makes no second', async () => {
    const body = await scaleOn(0);
    const first = send('POST', '/v1/connectors', body, 'k').then(
      () => 'answered',
      () => 'cut',
    );
    const [made] = await eventually('the connector is stored', 5_000, async () => {
      const found = await installed();
      return found.length > 0 ? found : null;
    });
    await agent.kill();
    expect(await first).toBe('cut');

    await start('keyfile');
    const second = await send('POST', '/v1/connectors', body, 'k');
    expect([second.status, second.body.id, second.body.object, second.body.tools]).toEqual([
      200,
      made?.id,
      'connector',
      undefined,
    ]);
    expect((await installed()).map(({ id }) => id)).toEqual([made?.id]);
    const other = await send('POST', '/v1/connectors', { ...body, name: 'other' }, 'k');
    expect([other.status, other.body.error.code]).toEqual([409, 'idempotency_conflict']);
    const third = await send('POST', '/v1/connectors', body, 'k');
    expect([third.body, third.headers['x-request-id']]).toEqual([second.body, second.headers['x-request-id']]);
  });

  it('replays answers and refusals after a restart, unchanged, and after a DELETE the old body', async () => {
    const first = await send('POST', '/v1/connectors', await scaleOn(0, 'scale'), 'made');
    const refused = await send('POST', '/v1/connectors', await scaleOn(1, 'scale'), 'refused');
    const operator = await send('POST', '/v1/operators', { name: 'o', capabilities: ['weight.read'] }, 'op');
    expect([first.status, refused.status, operator.status]).toEqual([201, 409, 201]);
    await send('DELETE', `/v1/operators/${operator.body.id}`);
    await send('DELETE', `/v1/connectors/${first.body.id}`);
    await agent.stop();

    await start('keyfile');
    const bodies = [await scaleOn(0, 'scale'), await scaleOn(1, 'scale')] as const;
    const replays = [
      await send('POST', '/v1/connectors', bodies[0], 'made'),
      // The name is free again; the refusal was bound all the same.
      await send('POST', '/v1/connectors', bodies[1], 'refused'),
      await send('POST', '/v1/operators', { name: 'o', capabilities: ['weight.read'] }, 'op'),
    ];
    expect(replays.map(({ status, body }) => [status, body])).toEqual([
      [200, first.body],
      [409, refused.body],
      [200, operator.body],
    ]);
    expect(replays.map(({ headers }) => headers['x-request-id'])).toEqual(
      [first, refused, operator].map(({ headers }) => headers['x-request-id']),
    );
    expect(await installed()).toEqual([]);
  });

  it('runs one of many at once, and the others get its answer', async () => {
    const body = await scaleOn(0);
    const answers = await Promise.all(Array.from({ length: 8 }, () => send('POST', '/v1/connectors', body, 'k')));
    expect(answers.map(({ status }) => status).sort()).toEqual([...Array(7).fill(200), 201]);
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    expect(await installed()).toHaveLength(1);
  });

  it('with a secret in the body needs the vault; without one it does not', async () => {
    await agent.stop();
    await start('keychain');
    const secret = { ...(await scaleOn(0)), auth: { type: 'api_key', key: 'not-for-the-disk-8731' } };
    const answer = await send('POST', '/v1/connectors', secret, 'k');
    expect([answer.status, answer.body.error.code, answer.body.error.type]).toEqual([
      503,
      'vault_unavailable',
      'api_error',
    ]);
    expect((await send('POST', '/v1/connectors', await scaleOn(0), 'k2')).status).toBe(201);
  });
});

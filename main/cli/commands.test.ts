import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { AgentError } from '../../drivers/kit/index.ts';
import type { ConnectorsBackend } from '../api/index.ts';
import type {
  CallBody,
  InstallBody,
  OperatorObject,
  PolicyObject,
  TokenBody,
  UpdateBody,
} from '../api/schemas/index.ts';
import { exitCodes } from './exit-codes.ts';
import { type AgentDouble, runIn, startAgentDouble } from './testing/agent-double.ts';
import { sampleConnector, sampleDevice, sampleEffect, sampleListing, sampleTools } from './testing/sample-objects.ts';

let agent: AgentDouble | null = null;

afterEach(async () => {
  await agent?.close();
  agent = null;
});

const basics: Partial<ConnectorsBackend> = {
  listDevices: async () => [sampleDevice],
  listListings: async () => [sampleListing],
  listConnectors: async () => ({ items: [sampleConnector], next: null }),
  getConnector: async () => sampleConnector,
  listTools: async () => sampleTools,
};

async function start(backend: Partial<ConnectorsBackend> = {}): Promise<AgentDouble> {
  agent = await startAgentDouble({ ...basics, ...backend });
  return agent;
}

const jsonOf = ({ out }: { readonly out: string }): unknown => JSON.parse(out);

describe('devices', () => {
  it('are listed as a table in which no device can move the cursor, and as JSON', async () => {
    const { run } = await start();
    const { code, out } = await run('devices', 'list');
    expect(code).toBe(exitCodes.ok);
    expect(out.split('\n')[0]).toMatch(/^ID +PATH +UNIT +PRODUCT/);
    expect(out).toContain('cn-relay (likely)');
    expect(out).not.toContain('\u001b');
    expect(jsonOf(await run('devices', 'list', '--json'))).toEqual([sampleDevice]);
    expect(jsonOf(await run('devices', '--json'))).toEqual([sampleDevice]);
  });

  it('on the network are not claimed to be there before a connector has tried', async () => {
    const printer = { ...sampleDevice, bus: 'tcp' as const, path: 'tcp://10.0.0.5:9100', problem: null, owner: null };
    const { run } = await start({ listDevices: async () => [printer] });
    expect((await run('devices')).out).toMatch(/tcp:\/\/10\.0\.0\.5:9100 .*configured/);
  });

  it('are found by path; one that is not there is exit code 7', async () => {
    const { run } = await start();
    expect(jsonOf(await run('devices', 'show', '/dev/ttyUSB0', '--json'))).toEqual(sampleDevice);
    expect(await run('devices', 'show', '/dev/ttyS9')).toMatchObject({ code: exitCodes.notFound, out: '' });
  });
});

describe('install', () => {
  it('reads settings as the listing has them and the device by its path', async () => {
    const asked: InstallBody[] = [];
    const { run } = await start({
      async installConnector(_principal, body) {
        asked.push(body);
        return { connector: sampleConnector };
      },
    });
    const { code } = await run('install', 'cn-relay', '--device', '/dev/ttyUSB0', '--name', 'gate', 'unit=7', 'map=12');
    expect(code).toBe(exitCodes.ok);
    expect(asked).toEqual([
      { listing: 'cn-relay', name: 'gate', auth: { type: 'none' }, config: { device: 'dev_1', unit: 7, map: '12' } },
    ]);
  });

  it('of a priced listing says what it costs, as the list of listings does', async () => {
    const price = { amount: '29.00', currency: 'USD', per: 'source', interval: 'month' } as const;
    const { run } = await start({
      listListings: async () => [{ ...sampleListing, kind: 'saas', price }],
      installConnector: async () => ({ connector: sampleConnector, price }),
    });
    expect((await run('install', 'cn-relay')).out).toContain('Price: 29.00 USD a month per source.');
    expect((await run('listings')).out).toMatch(/cn-relay .* saas +live +none +29.00 USD a month per source/);
  });

  it('takes credentials only where the listing does, and never from an argument', async () => {
    const asked: InstallBody[] = [];
    const { run } = await start({
      async installConnector(_principal, body) {
        asked.push(body);
        return { connector: sampleConnector };
      },
    });
    expect((await run('install', 'cn-relay', '--key-stdin')).code).toBe(exitCodes.usage);
    expect((await run('install', 'cn-relay', '--username', 'me')).code).toBe(exitCodes.usage);
    expect((await run('install', 'cn-relay', '--key', 'secret')).code).toBe(exitCodes.usage);
    expect((await run('connectors', 'set', 'gate', 'auth=secret')).code).toBe(exitCodes.usage);
    expect((await run('connectors', 'set', 'gate', 'unit=3', '--key-stdin')).code).toBe(exitCodes.usage);
    expect(asked).toEqual([]);
  });

  it('of a listing that does not exist is exit code 7', async () => {
    const { run } = await start();
    expect((await run('install', 'cn-toaster')).code).toBe(exitCodes.notFound);
  });
});

describe('connectors', () => {
  it('set changes name, settings and policy, in one go', async () => {
    const updates: UpdateBody[] = [];
    let policy: PolicyObject = { default: 'deny', tools: {} };
    const { run } = await start({
      getPolicy: async () => policy,
      async setPolicy(_principal, _id, wanted) {
        policy = wanted;
        return wanted;
      },
      async updateConnector(_principal, _id, body) {
        updates.push(body);
        return sampleConnector;
      },
    });
    const { code } = await run('connector', 'set', 'gate', 'policy.relay.set=allow', 'name=door', 'unit=3', 'map=');
    expect(code).toBe(exitCodes.ok);
    expect(policy).toEqual({ default: 'deny', tools: { 'relay.set': { decision: 'allow' } } });
    expect(updates).toEqual([{ name: 'door', config: { unit: 3, map: null } }]);
  });

  it('set changes nothing when one of the settings is not usable', async () => {
    const { run } = await start({ getPolicy: async () => ({ default: 'deny', tools: {} }) });
    const { code, err } = await run('connectors', 'set', 'gate', 'name=door', 'policy.relay.set=maybe');
    expect(code).toBe(exitCodes.usage);
    expect(err).toContain('"maybe" is not deny, confirm or allow');
  });

  it('test shows each tool as it is done, before the test is over', async () => {
    const proceed = Promise.withResolvers<void>();
    const { runUntil } = await start({
      async testConnector(_principal, id, _tools, _signal, onResult) {
        const first = { tool: 'weight.read', mode: 'live', ok: true, latency_ms: 12 } as const;
        const error = { code: 'no_reply', message: 'Silent.', hint: 'Check the cable.' };
        const second = { tool: 'relay.set', mode: 'dry_run', ok: false, latency_ms: 500, error } as const;
        onResult?.(first);
        await proceed.promise;
        onResult?.(second);
        const answer = {
          object: 'connector_test',
          connector_id: id,
          status: 'failed',
          results: [first, second],
        } as const;
        return { ...answer, tested_at: '2026-06-01T10:00:00.000Z', id: 'tst_1', tested_by: 'x', circumstances: {} };
      },
    });
    const seeFirst = (out: string) => {
      if (out.includes('weight.read')) proceed.resolve();
    };
    const { code, out } = await runUntil(seeFirst, 'connectors', 'test', 'gate');
    expect(code).toBe(exitCodes.failure);
    expect(out.split('\n')).toEqual([
      'ok      weight.read  (live, 12 ms)',
      'FAILED  relay.set  (dry run, 500 ms)',
      '        Silent.',
      '        Check the cable.',
      'gate: failed',
      '',
    ]);
  });

  it('remove asks first: without a person and without --yes nothing is removed', async () => {
    const removed: string[] = [];
    const { run } = await start({
      async removeConnector(_principal, id) {
        removed.push(id);
      },
    });
    const { code, err } = await run('connectors', 'remove', 'gate');
    expect(code).toBe(exitCodes.usage);
    expect(err).toContain('--yes');
    expect(removed).toEqual([]);
    expect((await run('connectors', 'remove', 'gate', '--yes')).code).toBe(exitCodes.ok);
    expect(removed).toEqual(['cn_1']);
  });

  it('that do not exist are exit code 7, naming those that do', async () => {
    const { run } = await start();
    const { code, err } = await run('connectors', 'show', 'gate2', '--json');
    expect(code).toBe(exitCodes.notFound);
    expect(JSON.parse(err)).toMatchObject({ error: { code: 'not_found', hint: 'There are: gate.' } });
  });
});

describe('call', () => {
  const calling = async (answer: Awaited<ReturnType<ConnectorsBackend['callTool']>>['answer']) => {
    const bodies: CallBody[] = [];
    const { run } = await start({
      async callTool(_principal, _id, body) {
        bodies.push(body);
        return { answer, delivered: () => {} };
      },
    });
    return { bodies, run };
  };
  const answered = { object: 'tool_result', connector_id: 'cn_1' } as const;

  it('of a read prints what it gave', async () => {
    const output = { value: '12.480', unit: 'kg', stable: true };
    const { run, bodies } = await calling({ ...answered, kind: 'read', tool: 'weight.read', output });
    expect(await run('call', 'gate', 'weight_read')).toMatchObject({
      code: exitCodes.ok,
      out: 'value:  12.480\nunit:   kg\nstable: true\n',
    });
    expect(bodies).toEqual([{ tool: 'weight.read', arguments: {} }]);
    expect((await run('call', 'gate', 'weight.read', '--dry-run')).code).toBe(exitCodes.usage);
  });

  it('writes a picture of what it would make, and calls nothing', async () => {
    const picture = {
      object: 'preview',
      connector_id: 'cn_1',
      tool: 'relay.set',
      media_type: 'image/png',
      data: Buffer.from('PNG').toString('base64'),
      width_dots: 512,
      height_dots: 90,
      notes: ['It also opens the drawer.'],
    } as const;
    const bodies: CallBody[] = [];
    const { run, folder } = await start({
      async previewTool(_principal, _id, body) {
        bodies.push(body);
        return picture;
      },
    });
    const file = join(folder, 'out.png');
    const ran = await run('call', 'gate', 'relay.set', 'channel=2', '--preview', file);
    expect(ran.code).toBe(exitCodes.ok);
    expect(ran.out).toContain('512 × 90 dots; nothing was sent');
    expect(ran.out).toContain('It also opens the drawer.');
    expect(readFileSync(file, 'utf8')).toBe('PNG');
    expect(bodies).toEqual([{ tool: 'relay.set', arguments: { channel: 2 } }]);
    const asJson = jsonOf(await run('call', 'gate', 'relay.set', '--preview', file, '--json'));
    expect(asJson).toMatchObject({ file, width_dots: 512, notes: picture.notes });
    expect(asJson).not.toHaveProperty('data');
    expect((await run('call', 'gate', 'relay.set', '--preview', join(folder, 'no', 'out.png'))).code).toBe(
      exitCodes.usage,
    );
  });

  it.each([
    ['applied', exitCodes.ok],
    ['dry_run', exitCodes.ok],
    ['failed', exitCodes.failure],
    ['refused', exitCodes.refused],
    ['unknown', exitCodes.unknownOutcome],
    ['pending', exitCodes.pending],
  ] as const)('of a side effect that is %s is exit code %i', async (outcome, code) => {
    const result = sampleEffect({ outcome });
    const { run, bodies } = await calling({ ...answered, kind: 'effect', tool: 'relay.set', result });
    const ran = await run(
      'call',
      'gate',
      'relay.set',
      'channel=2',
      'on=true',
      'label=7',
      '--key',
      'k1',
      '--dry-run',
      '--json',
    );
    expect(ran.code).toBe(code);
    expect(jsonOf(ran)).toMatchObject({ result: { outcome } });
    expect(bodies).toEqual([
      {
        tool: 'relay.set',
        arguments: { channel: 2, on: true, label: '7', idempotency_key: 'k1', dry_run: true },
      },
    ]);
  });

  it('takes arguments as JSON, but not twice', async () => {
    const result = sampleEffect({ outcome: 'applied' });
    const { run, bodies } = await calling({ ...answered, kind: 'effect', tool: 'relay.set', result });
    await run('call', 'gate', 'relay.set', '--args', '{"channel": 2}');
    expect(bodies).toEqual([{ tool: 'relay.set', arguments: { channel: 2 } }]);
    expect((await run('call', 'gate', 'relay.set', 'channel=1', '--args', '{}')).code).toBe(exitCodes.usage);
    expect((await run('call', 'gate', 'relay.set', '--args', '[1]')).code).toBe(exitCodes.usage);
    expect((await run('call', 'gate', 'relay.set', 'channel')).code).toBe(exitCodes.usage);
    expect((await run('call', 'gate', 'relay.fly')).code).toBe(exitCodes.notFound);
  });

  it('whose answer is lost on the way is in doubt, when it is a side effect', async () => {
    const { run } = await start({
      async callTool() {
        agent?.dropConnections();
        throw new AgentError('cancelled', 'The caller has gone.');
      },
    });
    const { code, out } = await run('call', 'gate', 'relay.set', 'channel=2', 'on=true', '--key', 'k1');
    expect(code).toBe(exitCodes.unknownOutcome);
    expect(out).toContain('Ask again with --key "k1"');
  });
});

describe('watch', () => {
  it('shows what happens until Ctrl-C, which is no failure', async () => {
    const at = '2026-06-01T10:00:00.000Z';
    const reading = {
      object: 'reading',
      connector_id: 'cn_1',
      device_id: 'dev_1',
      tool: 'weight.read',
      at,
      expected_interval_ms: null,
    } as const;
    const { runUntil } = await start({
      subscribe(_principal, listener) {
        const send = setImmediate(() => {
          listener({ type: 'pause', paused: true });
          listener({ type: 'reading', reading: { ...reading, value: { value: '12.480', unit: 'kg', stable: false } } });
        });
        return () => clearImmediate(send);
      },
    });
    const endAtReading = (out: string, interrupt: () => void) => {
      if (out.includes('weight.read')) interrupt();
    };
    const { code, out } = await runUntil(endAtReading, 'watch', 'gate');
    expect(code).toBe(exitCodes.ok);
    expect(out).toBe(`${at}  gate  weight.read  12.480 kg (moving)\n`);
  });
});

describe('tokens', () => {
  it('create prints one object with exactly what a script needs', async () => {
    const bodies: TokenBody[] = [];
    const { run } = await start({
      async createToken(_principal, body) {
        bodies.push(body);
        const expires_at = '2026-09-01T00:00:00.000Z';
        const limits = { connectors: [...(body.connectors ?? [])], tools: null };
        return {
          id: 'tok_1',
          object: 'token',
          token: 'secret',
          created_at: expires_at,
          expires_at,
          ...body,
          ...limits,
        };
      },
    });
    const words = ['--name', 'n', '--scopes', 'tools:read,tools:act', '--connectors', 'gate', '--expires-in', '2h'];
    expect(jsonOf(await run('tokens', 'create', ...words, '--json'))).toEqual({
      id: 'tok_1',
      name: 'n',
      token: 'secret',
      scopes: ['tools:read', 'tools:act'],
      expires_at: '2026-09-01T00:00:00.000Z',
    });
    expect(bodies).toEqual([
      { name: 'n', scopes: ['tools:read', 'tools:act'], connectors: ['cn_1'], expires_in_ms: 7_200_000 },
    ]);
  });

  it.each([
    [['--scopes', 'tools:read']],
    [['--name', 'n']],
    [['--name', 'n', '--scopes', 'tools:fly']],
    [['--name', 'n', '--scopes', 'tools:read', '--expires-in', 'soon']],
  ])('create with %j is exit code 2', async (words) => {
    const { run } = await start();
    expect((await run('tokens', 'create', ...words)).code).toBe(exitCodes.usage);
  });
});

describe('the agent', () => {
  it('that does not run is exit code 4, and the doctor says so', async () => {
    const { folder, close } = await start();
    await close();
    agent = null;
    const { code, err } = await runIn(folder, ['connectors', 'list']);
    expect(code).toBe(exitCodes.agentUnreachable);
    expect(err).toContain('fibric-edge run');
    const doctor = await runIn(folder, ['doctor']);
    expect(doctor.code).toBe(exitCodes.agentUnreachable);
    expect(doctor.out).toContain('ERROR');
  });

  it('that refuses is exit code 3; one that fails is 1', async () => {
    const { run } = await start({
      removeConnector: async () => {
        throw new AgentError('connector_in_use', 'In use.');
      },
      setPaused: async () => {
        throw new AgentError('store_unavailable', 'The disk is full.');
      },
    });
    expect((await run('connectors', 'remove', 'gate', '--yes')).code).toBe(exitCodes.refused);
    expect((await run('pause')).code).toBe(exitCodes.failure);
  });

  it('can not be talked to where the folder is too long for a socket', async () => {
    const { code, err } = await runIn(`/tmp/${'x'.repeat(90)}`, ['devices', 'list']);
    expect(code).toBe(exitCodes.usage);
    expect(err).toContain('the system takes 100');
  });
});

describe('config check', () => {
  it('names the line of a mistake', async () => {
    const { folder, run } = await start();
    const file = join(folder, 'edge.yml');
    writeFileSync(file, 'port: 7431\n');
    expect((await run('config', 'check', file)).code).toBe(exitCodes.ok);
    writeFileSync(file, 'port: 7431\nmax_ports: many\n');
    const { code, err } = await run('config', 'check', file);
    expect(code).toBe(exitCodes.usage);
    expect(err).toContain('line 2: max_ports');
  });
});

describe('operators', () => {
  const operator: OperatorObject = {
    id: 'op_1',
    object: 'operator',
    name: 'packing',
    capabilities: ['weight.read', 'label.print'],
    status: 'active',
    unfulfilled: ['label.print'],
    created_at: '2026-06-01T10:00:00.000Z',
  };
  const withOperators: Partial<ConnectorsBackend> = {
    listOperators: async () => [operator],
    createOperator: async () => operator,
    updateOperator: async (_principal, _id, { status = 'active' }) => ({ ...operator, status }),
    removeOperator: async () => {},
  };

  it('are created, listed, paused, resumed and removed, by name', async () => {
    const { run } = await start(withOperators);
    const created = await run('operators', 'create', '--name', 'packing', '--capabilities', 'weight.read,label.print');
    expect(created).toMatchObject({ code: exitCodes.ok, out: 'packing (op_1) is active.\n' });
    expect(created.err).toContain('label.print');
    expect((await run('operators')).out).toMatch(/op_1 +packing +active +weight.read, label.print +label.print/);
    expect(jsonOf(await run('operators', 'list', '--json'))).toEqual([operator]);
    expect(jsonOf(await run('operators', 'pause', 'packing', '--json'))).toMatchObject({ status: 'paused' });
    expect(jsonOf(await run('operators', 'resume', 'op_1', '--json'))).toMatchObject({ status: 'active' });
    expect(await run('operators', 'remove', 'packing')).toMatchObject({ code: exitCodes.usage });
    expect(await run('operators', 'remove', 'packing', '--yes')).toMatchObject({ code: exitCodes.ok });
    expect(await run('operators', 'pause', 'nobody')).toMatchObject({ code: exitCodes.notFound });
    expect(await run('operators', 'create', '--name', 'x')).toMatchObject({ code: exitCodes.usage });
  });

  it('that need a connector keep it: exit code 3 and the words of the API', async () => {
    const { run } = await start({
      async removeConnector() {
        throw new AgentError('connector_in_use', 'relay.set is fulfilled only by cn_1; operators op_1 depend on it.');
      },
    });
    const { code, err } = await run('connectors', 'remove', 'gate', '--yes');
    expect([code, err]).toEqual([exitCodes.refused, expect.stringContaining('operators op_1 depend on it')]);
  });

  it('show beside the connectors in the list of capabilities', async () => {
    const { run } = await start({
      listCapabilities: async () => [
        {
          capability: 'relay.set',
          fulfilled: false,
          connectors: [{ id: 'cn_1', name: 'gate', status: 'error' }],
          operators: [{ id: 'op_1', name: 'packing', status: 'active' }],
        },
      ],
    });
    expect((await run('capabilities')).out).toMatch(/relay\.set +NO +gate \(error\) +packing/);
  });
});

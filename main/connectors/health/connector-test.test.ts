import { afterEach, beforeEach, expect, test } from 'vitest';
import { AgentError } from '../../../drivers/kit/index.ts';
import { admin, type Bench, nextEvent, openBench } from '../testing/bench.ts';

let bench: Bench;
let id: string;
beforeEach(async () => {
  bench = await openBench();
  ({ id } = await bench.installRelay());
  await bench.service.setPolicy(id, { default: 'deny', tools: {} }, admin);
});
afterEach(() => bench.close());

const run = (tools: readonly string[] | null = null, signal = new AbortController().signal) =>
  bench.service.test(id, tools, admin, signal);

test('reads run live, side effects only as far as check, whatever policy says', async () => {
  const told: string[] = [];
  const record = await bench.service.test(id, null, admin, new AbortController().signal, (result) =>
    told.push(result.tool),
  );
  expect(record).toMatchObject({
    connector_id: id,
    status: 'passed',
    tested_by: 'local admin',
    results: [
      { tool: 'relay.read', mode: 'live', ok: true },
      { tool: 'relay.set', mode: 'dry_run', ok: true, evidence: 'answered' },
    ],
    circumstances: { listing: 'cn-relay', driver_version: '1.0.0', device: { id: 'dev_a' } },
  });
  expect(told).toEqual(['relay.read', 'relay.set']);
  expect(bench.world.received).toEqual([]);
  expect(bench.service.journal({ limit: 5 })).toEqual([]);
  await bench.restart();
  expect(bench.service.tests(id)).toEqual([record]);
});

test('a subset is tested by either spelling; an empty or unknown one is rejected', async () => {
  expect((await run(['relay_read'])).results).toHaveLength(1);
  await expect(run([])).rejects.toMatchObject({ code: 'invalid_parameter' });
  await expect(run(['weight.read'])).rejects.toMatchObject({ code: 'invalid_parameter' });
});

test('a tool that fails although the device answers moves the connector to error until that tool passes', async () => {
  bench.devices.at('check', () => Promise.reject(new AgentError('device_refused', 'relay 1 is missing')));
  const failed = await run();
  expect(failed).toMatchObject({
    status: 'failed',
    results: [{ ok: true }, { ok: false, error: { code: 'device_refused', message: 'relay 1 is missing' } }],
  });
  expect(bench.service.get(id)).toMatchObject({ status: 'error', health: { reason: 'device_refused' } });
  await run(['relay.read']);
  expect(bench.service.get(id).status).toBe('error');
  bench.devices.at('check', null);
  await run();
  expect(bench.service.get(id)).toMatchObject({ status: 'connected', health: { state: 'ok' } });
});

test('a device that is silent to all is an upstream error, recorded all the same', async () => {
  bench.world.silent.add('dev_a');
  await expect(run()).rejects.toMatchObject({
    code: 'connector_upstream_error',
    details: { upstream: { device: '/dev/tty-dev_a', reason: 'no_reply', expected: 'a reply', seen: 'nothing' } },
  });
  expect(bench.service.tests(id)).toMatchObject([{ status: 'failed' }]);
  expect(bench.service.get(id)).toMatchObject({ status: 'error', health: { reason: 'no_reply' } });
  bench.world.silent.clear();
  await run();
  expect(bench.service.get(id).status).toBe('connected');
});

test('a device that answers some is no upstream error', async () => {
  bench.devices.at('read', () => Promise.reject(new AgentError('no_reply', 'no value')));
  expect(await run()).toMatchObject({ status: 'failed', results: [{ ok: false }, { ok: true }] });
});

test('an absent device likewise', async () => {
  bench.devices.unplug('dev_a');
  await expect(run()).rejects.toMatchObject({
    code: 'connector_upstream_error',
    details: { upstream: { reason: 'device_unplugged' } },
  });
});

test('called off, it stores nothing', async () => {
  const caller = new AbortController();
  bench.devices.at('read', () => {
    caller.abort();
    return new Promise(() => {});
  });
  await expect(run(null, caller.signal)).rejects.toMatchObject({ code: 'cancelled' });
  expect(bench.service.tests(id)).toEqual([]);
});

test('the record is told on the stream', async () => {
  const told = nextEvent(bench.service, (event) => (event.type === 'test' ? event.record : null));
  expect(await run()).toEqual(await told);
});

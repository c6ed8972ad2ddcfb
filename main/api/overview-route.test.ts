import { afterEach, beforeEach, expect, it } from 'vitest';
import { overviewSchema } from './schemas/index.ts';
import { sampleConnector, sampleDevice } from './testing/samples.ts';
import { startTestServer, type TestServer } from './testing/test-server.ts';

let server: TestServer;
beforeEach(async () => {
  server = await startTestServer();
});
afterEach(() => server.close());

const connector = (id: string) => sampleConnector({ id });
const readingOf = (id: string) => ({
  object: 'reading' as const,
  connector_id: id,
  device_id: 'dev_1',
  tool: 'weight.read',
  value: { value: '1.250', unit: 'kg' },
  at: '2026-07-02T15:20:00Z',
  expected_interval_ms: null,
});

it('has every connector, over all pages, with each last reading and the devices', async () => {
  server.backend.connectors = Array.from({ length: 230 }, (_, index) => connector(`cn_${index}`));
  server.backend.listReadings = async (_principal, id) => [readingOf(id)];
  server.backend.devices.push(sampleDevice({ id: 'dev_free' }));
  const { status, body } = await server.ask('GET', '/v1/overview');
  expect(status).toBe(200);
  expect(overviewSchema.parse(body)).toEqual(body);
  expect(new Set(body.connectors.map(({ id }: { id: string }) => id)).size).toBe(230);
  expect(body.readings).toHaveLength(230);
  expect(body.devices.map(({ id }: { id: string }) => id)).toContain('dev_free');
});

it('shows a limited token only what is within its limits', async () => {
  server.backend.connectors = [connector('cn_seen'), connector('cn_hidden')];
  server.backend.listReadings = async (_principal, id) => [readingOf(id), { ...readingOf(id), tool: 'scale.raw' }];
  server.backend.devices.push(sampleDevice({ id: 'dev_free' }));
  server.addToken('limited', { connectors: ['cn_seen'], tools: ['weight.read'] });
  const { body } = await server.ask('GET', '/v1/overview', { token: 'limited' });
  expect(body.connectors.map(({ id }: { id: string }) => id)).toEqual(['cn_seen']);
  expect(body.readings).toEqual([readingOf('cn_seen')]);
  expect(body.devices.map(({ id }: { id: string }) => id)).not.toContain('dev_free');
});

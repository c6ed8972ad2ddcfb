import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readServerSentEvents } from './client-events.ts';
import { identifyReportSchema } from './schemas/index.ts';
import { startTestServer, type TestServer } from './testing/test-server.ts';

let server: TestServer;
beforeEach(async () => {
  server = await startTestServer();
});
afterEach(() => server.close());

const path = '/v1/devices/dev_1/identify';

describe('identify', () => {
  it('answers with the report, also without a body', async () => {
    const { status, body } = await server.ask('POST', path);
    expect(status).toBe(200);
    expect(identifyReportSchema.parse(body)).toEqual(body);
  });

  it('takes a listing, settings and a dry run, and nothing else', async () => {
    const config = { baud_rate: 2400 };
    expect((await server.ask('POST', path, { body: { listing: 'cn-scale-sics', config } })).status).toBe(200);
    expect((await server.ask('POST', path, { body: { dry_run: true } })).status).toBe(200);
    const refused = await server.ask('POST', path, { body: { speed: 9600 } });
    expect([refused.status, refused.body.error.code]).toEqual([400, 'invalid_parameter']);
  });

  it('tells how far it is to who wants to hear it, then the report, and an error as the envelope', async () => {
    const stream = async (id: string) => {
      const headers = { Authorization: 'Bearer full', Accept: 'text/event-stream' };
      const response = await fetch(`${server.url}/v1/devices/${id}/identify`, { method: 'POST', headers });
      if (response.body === null || !response.ok) return [String(response.status)];
      const names: string[] = [];
      for await (const { name } of readServerSentEvents(response.body)) names.push(name);
      return names;
    };
    expect(await stream('dev_1')).toEqual(['progress', 'report']);
    expect(await stream('dev_2')).toEqual(['404']);
  });
});

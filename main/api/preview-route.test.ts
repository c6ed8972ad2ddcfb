import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AgentError } from '../../drivers/kit/index.ts';
import { sampleConnector } from './testing/samples.ts';
import { startTestServer, type TestServer } from './testing/test-server.ts';

let server: TestServer;

beforeEach(async () => {
  server = await startTestServer();
  server.backend.connectors = [sampleConnector({ id: 'cn_1' })];
});
afterEach(() => server.close());

const preview = (tool: string, token = 'full', args: object = {}) =>
  server.ask('POST', '/v1/connectors/cn_1/preview', { body: { tool, arguments: args }, token });

describe('a preview', () => {
  it('gives the picture of a side effect, calls nothing, and knows both spellings', async () => {
    const { status, body } = await preview('scale_zero', 'full', { weight: 2 });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      object: 'preview',
      connector_id: 'cn_1',
      tool: 'scale.zero',
      media_type: 'image/png',
      width_dots: 512,
      notes: [],
    });
    expect(Buffer.from(body.data, 'base64').toString()).toBe('{"weight":2}');
    expect(server.backend.calls).toEqual([]);
  });

  it('may be looked at by whoever reads connectors or may act, within the limits of the token', async () => {
    server.addToken('reads', { scopes: ['connectors:read'] });
    server.addToken('acts', { scopes: ['tools:act'] });
    server.addToken('journal', { scopes: ['journal:read'] });
    server.addToken('elsewhere', { scopes: ['tools:act'], connectors: ['cn_2'] });
    server.addToken('other', { scopes: ['tools:act'], tools: ['weight.read'] });
    const statuses = await Promise.all(
      ['reads', 'acts', 'journal', 'elsewhere', 'other'].map(
        async (token) => (await preview('scale.zero', token)).status,
      ),
    );
    expect(statuses).toEqual([200, 200, 403, 404, 404]);
  });

  it('says what has none', async () => {
    const read = await preview('weight.read');
    expect([read.status, read.body.error.code]).toEqual([422, 'not_supported']);
    expect((await preview('scale.weigh')).status).toBe(404);
    server.backend.previewTool = async () => {
      throw new AgentError('not_supported', 'nothing to see');
    };
    expect((await preview('scale.zero')).body.error.code).toBe('not_supported');
  });
});

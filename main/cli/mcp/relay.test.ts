import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { localAdmin } from '../../access/index.ts';
import { createMcpEndpoint, type McpEndpoint } from '../../mcp/index.ts';
import { sampleConnector } from '../../mcp/testing/sample-connectors.ts';
import { createServiceDouble, type ServiceDouble, sampleWeight } from '../../mcp/testing/service-double.ts';
import { createAgentConnection } from './agent-connection.ts';
import { readLines } from './lines.ts';
import { readMessage } from './messages.ts';
import { relayMcp } from './relay.ts';

let folder: string;
let double: ServiceDouble;
let agent: { readonly endpoint: McpEndpoint; readonly server: Server } | null;

const socketPath = () => join(folder, 'agent.sock');

/** The real endpoint on a real socket, as the agent serves it. */
async function startAgent(): Promise<void> {
  const endpoint = createMcpEndpoint({ service: double.service, version: '0.1.0' });
  const server = createServer((req, res) => void endpoint.handle(req, res, () => localAdmin()));
  await new Promise<void>((resolve) => server.listen(socketPath(), resolve));
  agent = { endpoint, server };
}
async function stopAgent(): Promise<void> {
  const stopping = agent;
  agent = null;
  await stopping?.endpoint.close();
  stopping?.server.closeAllConnections();
  await new Promise((resolve) => stopping?.server.close(resolve) ?? resolve(null));
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'fe-relay-'));
  double = createServiceDouble([sampleConnector('cn_1', 'bench-scale')]);
  await startAgent();
});
afterEach(async () => {
  if (agent !== null) await stopAgent();
  rmSync(folder, { recursive: true, force: true });
});

/** A client's end of a relay. */
function startRelay() {
  const input = new PassThrough();
  const output = new PassThrough();
  const notes: string[] = [];
  const ending = new AbortController();
  const retries = new Set<() => void>();
  const lines = readLines(output);
  const over = relayMcp({
    connection: createAgentConnection({ socketPath: socketPath() }, '/mcp/cn_1', {}),
    input,
    output,
    note: (text) => notes.push(text),
    signal: ending.signal,
    // Waits until the test says so.
    pause: (_attempt, aborted) =>
      new Promise((resolve) => {
        retries.add(resolve);
        aborted.addEventListener('abort', () => resolve(), { once: true });
      }),
  });
  return {
    notes,
    over,
    say: (message: object) => void input.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`),
    raw: (text: string) => void input.write(text),
    async hear(): Promise<Record<string, unknown>> {
      const { value, done } = await lines.next();
      if (done === true || value.type !== 'line') throw new Error('the relay said nothing more');
      return JSON.parse(value.text);
    },
    retry() {
      for (const resolve of retries) resolve();
      retries.clear();
    },
    endInput: () => void input.end(),
    stop: () => ending.abort(),
  };
}
type Relay = ReturnType<typeof startRelay>;

const modern = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientCapabilities': {},
  'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
};
const call = (id: number, name = 'weight_read') => ({ id, method: 'tools/call', params: { name, arguments: {} } });
const initialize = {
  id: 'start',
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'test', version: '1' } },
};
async function open(relay: Relay): Promise<void> {
  relay.say(initialize);
  expect(await relay.hear()).toMatchObject({ id: 'start', result: { protocolVersion: '2025-11-25' } });
  relay.say({ method: 'notifications/initialized' });
}
async function end(relay: Relay): Promise<void> {
  relay.endInput();
  await relay.over;
}

describe('a relay', () => {
  it('serves the current revision, drawing the headers from each message, and ends with its input', async () => {
    const relay = startRelay();
    relay.say({ id: 1, method: 'tools/list', params: { _meta: modern } });
    expect(await relay.hear()).toMatchObject({ id: 1, result: { resultType: 'complete' } });
    relay.say({ ...call(2), params: { name: 'weight_read', arguments: {}, _meta: modern } });
    expect(await relay.hear()).toMatchObject({ id: 2, result: { structuredContent: sampleWeight } });
    await end(relay);
    expect(relay.notes).toEqual([]);
  });

  it('cancels a call of the current revision by leaving it, and says nothing of it any more', async () => {
    const called = Promise.withResolvers<AbortSignal>();
    double.answer(async ({ signal }) => {
      called.resolve(signal);
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
      return { kind: 'read', output: sampleWeight };
    });
    const relay = startRelay();
    relay.say({ id: 1, method: 'tools/call', params: { name: 'weight_read', arguments: {}, _meta: modern } });
    const signal = await called.promise;
    const cancelled = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    relay.say({ method: 'notifications/cancelled', params: { requestId: 1, _meta: modern } });
    await cancelled;
    double.answer(() => ({ kind: 'read', output: sampleWeight }));
    relay.say({ id: 2, method: 'tools/list', params: { _meta: modern } });
    expect(await relay.hear()).toMatchObject({ id: 2 });
    await end(relay);
  });

  it('keeps a session of the former revisions over a restart of the agent, subscriptions with it', async () => {
    const relay = startRelay();
    await open(relay);
    const uri = 'fibric-edge://connectors/cn_1/readings/weight.read';
    relay.say({ id: 2, method: 'resources/subscribe', params: { uri } });
    expect(await relay.hear()).toMatchObject({ id: 2, result: {} });

    await stopAgent();
    relay.say(call(3));
    // On a connection that was there before: whether the agent still took it cannot be known.
    expect(await relay.hear()).toMatchObject({ id: 3, error: { code: -32_000 } });
    expect(relay.notes[0]).toContain('fibric-edge run');

    await startAgent();
    relay.say(call(4));
    const heard = [await relay.hear(), await relay.hear(), await relay.hear(), await relay.hear(), await relay.hear()];
    expect(heard.map(({ method, id }) => method ?? id).sort()).toEqual([
      4,
      'notifications/prompts/list_changed',
      'notifications/resources/list_changed',
      'notifications/resources/updated',
      'notifications/tools/list_changed',
    ]);
    relay.retry();
    double.setReading({
      connector_id: 'cn_1',
      device_id: 'dev_1',
      tool: 'weight.read',
      value: sampleWeight,
      at: '2026-06-01T10:00:00.000Z',
      expected_interval_ms: null,
    });
    expect(await relay.hear()).toMatchObject({ method: 'notifications/resources/updated', params: { uri } });
    await end(relay);
  });

  it('says plainly that no agent runs, and that nothing was sent', async () => {
    await stopAgent();
    const relay = startRelay();
    relay.say({ ...call(1), params: { name: 'relay_set', arguments: {}, _meta: modern } });
    const error = await relay.hear();
    expect(error).toMatchObject({ id: 1, error: { code: -32_000 } });
    expect(JSON.stringify(error)).toContain('Nothing was sent to a device');
    expect(relay.notes).toEqual([expect.stringContaining('fibric-edge run')]);
    await end(relay);
  });

  it('never sends a call again whose answer was lost, and says what to do', async () => {
    const called = Promise.withResolvers<void>();
    const hang = Promise.withResolvers<never>();
    double.answer(() => {
      called.resolve();
      return hang.promise;
    });
    const relay = startRelay();
    relay.say({ id: 1, method: 'tools/call', params: { name: 'relay_set', arguments: {}, _meta: modern } });
    await called.promise;
    agent?.server.closeAllConnections();
    const error = await relay.hear();
    expect(error).toMatchObject({ id: 1, error: { code: -32_000 } });
    expect(JSON.stringify(error)).toContain('same idempotency_key');
    expect(double.calls).toHaveLength(1);
    hang.reject(new Error('over'));
    await end(relay);
  });

  it('answers what is no message, and what is too long, and goes on', async () => {
    const relay = startRelay();
    relay.raw('hello\n\n');
    expect(await relay.hear()).toMatchObject({ id: null, error: { code: -32_700 } });
    relay.raw(`${'x'.repeat(1024 * 1024 + 1)}\n`);
    expect(await relay.hear()).toMatchObject({ id: null, error: { code: -32_600 } });
    relay.say({ id: 1, method: 'tools/list', params: { _meta: modern } });
    expect(await relay.hear()).toMatchObject({ id: 1 });
    await end(relay);
  });

  it('tells of a connector that is gone under the id of the request', async () => {
    const relay = startRelay();
    double.remove('cn_1');
    relay.say({ id: 7, method: 'tools/list', params: { _meta: modern } });
    expect(await relay.hear()).toMatchObject({
      id: 7,
      error: { message: expect.stringContaining('no such connector') },
    });
    relay.stop();
    await relay.over;
  });
});

describe('lines', () => {
  it('come out the same however the bytes are cut', async () => {
    const text = fc
      .string({ unit: 'grapheme' })
      .filter((line) => line.trim() === line && line !== '' && !/[\n\r]/.test(line));
    await fc.assert(
      fc.asyncProperty(fc.array(text), fc.array(fc.nat(200)), async (lines, cuts) => {
        const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
        const places = [...new Set(cuts.map((cut) => Math.min(cut, bytes.length)))].sort((left, right) => left - right);
        const chunks = [0, ...places].map((from, index) => bytes.subarray(from, places[index] ?? bytes.length));
        const seen: string[] = [];
        const source = (async function* () {
          yield* chunks;
        })();
        for await (const line of readLines(source)) if (line.type === 'line') seen.push(line.text);
        expect(seen).toEqual(lines);
      }),
    );
  });
});

describe('a message', () => {
  it('names itself in headers that HTTP can carry', () => {
    const named = (name: string) =>
      readMessage(JSON.stringify({ id: 1, method: 'tools/call', params: { name, _meta: modern } }))?.headers[
        'Mcp-Name'
      ];
    expect(named('weight_read')).toBe('weight_read');
    expect(named('Gewicht für ✓')).toBe(`=?base64?${Buffer.from('Gewicht für ✓').toString('base64')}?=`);
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (name) => {
        expect(named(name) ?? '').toMatch(/^[\x20-\x7e]*$/);
      }),
    );
  });
});

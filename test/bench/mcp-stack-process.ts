/** The agent's own HTTP and MCP stack over a service in memory; sends its address to its parent. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createTokens, createWindowSessions } from '../../main/access/index.ts';
import { openEndpoint } from '../../main/agent/http/endpoint.ts';
import { createBackendDouble } from '../../main/cli/testing/backend-double.ts';
import { sampleConnector } from '../../main/mcp/testing/sample-connectors.ts';
import { createServiceDouble, sampleWeight } from '../../main/mcp/testing/service-double.ts';
import { openStore } from '../../main/store/index.ts';
import { makeDataDir, removeDataDir } from '../whole/support/agent-process.ts';
import type { StackCommand } from './mcp-stack.ts';

const [count = '1', toolsEach = '2'] = process.argv.slice(2);
const dataDir = makeDataDir();
mkdirSync(dataDir, { recursive: true, mode: 0o700 });
const connectors = Array.from({ length: Number(count) }, (_, index) => {
  const connector = sampleConnector(`cn_${index}`, `scale-${index}`);
  return toolsEach === '1' ? { ...connector, tools: connector.tools.slice(0, 1) } : connector;
});
const double = createServiceDouble(connectors);
double.answer(() => {
  // The double remembers every call; a bench makes too many.
  double.calls.splice(0);
  return { kind: 'read', output: sampleWeight };
});
const store = await openStore({ dataDir });
const tokens = createTokens({ state: store.state });
const endpoint = await openEndpoint({
  service: double.service,
  tokens,
  windows: createWindowSessions(),
  api: {
    backend: createBackendDouble({}),
    idempotency: { get: async () => null, put: async () => {}, purge: async () => {} },
    hmacKey: async () => Buffer.alloc(32),
  },
  version: '0.0.0',
  port: 0,
  socketPath: join(dataDir, 'agent.sock'),
});
const { token } = await tokens.create({ name: 'bench', scopes: ['tools:read', 'tools:act'] });
process.send?.({ url: `${endpoint.url}/mcp`, token, connectors: connectors.map(({ id }) => id) });

process.on('message', (command: StackCommand) => {
  switch (command.type) {
    case 'heap':
      // Twice: what the first finds unreachable may keep more alive until it has been finalised.
      setTimeout(() => {
        globalThis.gc?.();
        setTimeout(() => {
          globalThis.gc?.();
          process.send?.(process.memoryUsage().heapUsed / 1024 / 1024);
        }, 200);
      }, 200);
      return;
    case 'emit':
      emit(command.perSecond, command.forMs);
      return;
    case 'end':
      void endpoint
        .close()
        .then(() => store.close())
        .then(() => {
          removeDataDir(dataDir);
          process.exit(0);
        });
  }
});

function emit(perSecond: number, forMs: number): void {
  const at = '2026-06-01T10:00:00.000Z';
  const rounds = (perSecond * forMs) / 1000;
  const start = performance.now();
  let done = 0;
  const timer = setInterval(() => {
    const due = Math.min(rounds, Math.floor(((performance.now() - start) * perSecond) / 1000));
    for (; done < due; done += 1) {
      for (const { id } of connectors) {
        const reading = {
          connector_id: id,
          device_id: 'dev_1',
          tool: 'weight.read',
          value: sampleWeight,
          at,
          expected_interval_ms: null,
        };
        double.emit({ type: 'reading', reading });
      }
    }
    if (done < rounds) return;
    clearInterval(timer);
    setTimeout(() => process.send?.(done), 200);
  }, 5);
}

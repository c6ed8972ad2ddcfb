/** The hub's store of events behind the router, in a process that a test can kill; prints its port. Folder, then port. */
import { existsSync, mkdirSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import express from 'express';
import { createEventsBackend, eventTables, openEventStore } from '../../../hub/events/index.ts';
import { createApiRouter, scopes } from '../../../main/api/index.ts';
import { createMemoryBackend } from '../../../main/api/testing/memory-backend.ts';
import { createMemoryIdempotencyStore } from '../../../main/api/testing/test-server.ts';
import { openStore } from '../../../main/store/index.ts';

const [folder = '', port = '0', perMinute = '1000'] = process.argv.slice(2);
const isNew = !existsSync(join(folder, 'state.db'));
mkdirSync(folder, { recursive: true, mode: 0o700 });
const store = await openStore({ dataDir: folder });
if (isNew) await store.state.write([{ sql: 'DROP TABLE IF EXISTS events' }, ...eventTables.map((sql) => ({ sql }))]);
const events = openEventStore({
  database: store.state,
  retention: { keepHours: 24 * 90 },
  turn: async () => {},
  now: Date.now,
});
const never = new AbortController().signal;
const app = express();
app.use(
  '/v1',
  createApiRouter({
    backend: createMemoryBackend(),
    events: createEventsBackend(events, () => ({
      tenantId: 't_acme',
      mode: 'live',
      workspaceId: null,
      resellerId: null,
    })),
    idempotency: createMemoryIdempotencyStore(),
    hmacKey: async () => Buffer.alloc(32),
    rateLimitPerMinute: Number(perMinute),
    authenticate: () => ({
      id: 'key_1',
      kind: 'token',
      name: 'acme',
      scopes: new Set(scopes),
      local: false,
      connectors: null,
      tools: null,
      ended: never,
    }),
  }),
);
// A client that rests between its turns must not find its connections closed.
const server = createServer({ keepAliveTimeout: 120_000 }, app).listen(Number(port), '127.0.0.1', () => {
  const address = server.address();
  process.stdout.write(`port ${typeof address === 'object' && address !== null ? address.port : 0}\n`);
});

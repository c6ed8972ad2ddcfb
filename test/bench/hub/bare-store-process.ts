/**
 * The least that Node's HTTP and SQLite can do of what a hub does: an array of events is stored, synced, in one commit; a page
 * of a list is read by an index. Prints its port. Arguments: the database file, and how many rows the list has.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import Sqlite from 'better-sqlite3';
import { eventTables } from '../../../hub/events/index.ts';

const [path = '', rows = '0'] = process.argv.slice(2);
const database = new Sqlite(path);
database.pragma('journal_mode = WAL');
for (const sql of eventTables) database.exec(sql);
database.exec(
  `CREATE TABLE list (id TEXT PRIMARY KEY, at TEXT, status TEXT, body TEXT) STRICT; CREATE INDEX list_at ON list (at);
   CREATE INDEX list_status ON list (status, at)`,
);
const add = database.prepare('INSERT INTO list VALUES (?, ?, ?, ?)');
database.transaction(() => {
  for (let row = 0; row < Number(rows); row += 1) {
    const id = `cn_${String(row).padStart(32, '0')}`;
    const status = row % 10 === 0 ? 'error' : 'connected';
    const body = { id, object: 'connector', listing: 'cn-scale-sics', name: `scale-${row}`, kind: 'hardware', status };
    add.run(id, new Date(1.7e12 + row * 1_000).toISOString(), status, JSON.stringify(body));
  }
})();
database.pragma('synchronous = FULL');
const insert = database.prepare(
  `INSERT INTO events (scope, id, idempotency_key, content_hash, tenant_id, source, event_type, correlation_id, payload, received_at)
   VALUES ('live:t_acme', ?, ?, 'hash', 't_acme', ?, ?, 'co_1', ?, ?)`,
);
interface Posted {
  readonly idempotency_key: string;
  readonly event: { readonly source: string; readonly event_type: string; readonly payload: object };
}
const store = database.transaction((events: readonly Posted[]) => {
  const at = new Date().toISOString();
  for (const { idempotency_key: key, event } of events) {
    insert.run(`ev_${key}`, key, event.source, event.event_type, JSON.stringify(event.payload), at);
  }
});
const pageOf = database.prepare('SELECT at, body FROM list WHERE at < ? ORDER BY at DESC LIMIT 100');
const pageWith = database.prepare('SELECT at, body FROM list WHERE status = ? AND at < ? ORDER BY at DESC LIMIT 100');

const server = createServer((request, response) => {
  const answer = (value: object) => {
    const text = JSON.stringify(value);
    response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) });
    response.end(text);
  };
  if (request.method === 'GET') {
    const query = new URL(request.url ?? '', 'http://bare').searchParams;
    const before = query.get('before') ?? '9';
    const status = query.get('status');
    const found = (status === null ? pageOf.all(before) : pageWith.all(status, before)) as {
      at: string;
      body: string;
    }[];
    answer({ data: found.map(({ body }): unknown => JSON.parse(body)), next: found.at(-1)?.at ?? null });
    return;
  }
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const { events }: { events: Posted[] } = JSON.parse(Buffer.concat(chunks).toString('utf8'));
    store(events);
    answer({ results: events.map(({ idempotency_key: key }) => ({ key, status: 'accepted' })) });
  });
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`port ${(server.address() as AddressInfo).port}\n`));

/**
 * One statement each. What agents and others sent, a row an event. `scope` is a tenant and the mode of its key; a key makes one event within it.
 * `position` grows in the order in which events became visible: there is one writer. It is never used again, so that a
 * reader who resumes behind a deleted event misses none.
 */
export const eventTables: readonly string[] = [
  `CREATE TABLE events (
  position INTEGER PRIMARY KEY AUTOINCREMENT,
  scope TEXT NOT NULL,
  id TEXT NOT NULL UNIQUE,
  idempotency_key TEXT,
  content_hash TEXT NOT NULL,
  reseller_id TEXT,
  tenant_id TEXT NOT NULL,
  workspace_id TEXT,
  source TEXT NOT NULL,
  event_type TEXT NOT NULL,
  correlation_id TEXT NOT NULL,
  payload TEXT NOT NULL,
  received_at TEXT NOT NULL
) STRICT`,
  `CREATE UNIQUE INDEX events_by_key ON events (scope, idempotency_key) WHERE idempotency_key IS NOT NULL`,
  `CREATE INDEX events_by_scope ON events (scope, position)`,
  `CREATE INDEX events_by_type ON events (scope, event_type, position)`,
  `CREATE INDEX events_by_age ON events (received_at)`,
];

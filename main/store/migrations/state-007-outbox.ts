/**
 * Events on their way to the cloud: where each stream of a device stands, what waits, and what was given up and is still to
 * be told. They outlive their connector: what it sent is sent. `origin` is where a stream's source stood, for going on there.
 */
export const state007Outbox = `
CREATE TABLE outbox_heads (
  device TEXT NOT NULL,
  stream TEXT NOT NULL,
  seq INTEGER NOT NULL,
  origin TEXT,
  PRIMARY KEY (device, stream)
) STRICT, WITHOUT ROWID;

CREATE TABLE outbox (
  id INTEGER NOT NULL PRIMARY KEY,
  class TEXT NOT NULL,
  device TEXT NOT NULL,
  stream TEXT NOT NULL,
  seq INTEGER NOT NULL,
  source TEXT NOT NULL,
  at TEXT NOT NULL,
  queued_ms INTEGER NOT NULL,
  simulated INTEGER NOT NULL CHECK (simulated IN (0, 1)),
  key TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  body TEXT NOT NULL
) STRICT;
CREATE INDEX outbox_by_class ON outbox (class, id);

CREATE TABLE outbox_gaps (
  key TEXT NOT NULL PRIMARY KEY,
  gap TEXT NOT NULL,
  body TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE outbox_counts (
  name TEXT NOT NULL PRIMARY KEY,
  value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
`;

/**
 * Everything the agent keeps beside the journal. Tests and rule firings outlive their connector; what only serves a live
 * connector goes with it.
 */
export const state001Tables = `
CREATE TABLE settings (
  key TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
) STRICT;

CREATE TABLE connectors (
  id TEXT NOT NULL PRIMARY KEY,
  listing TEXT NOT NULL,
  name TEXT NOT NULL UNIQUE,
  device_id TEXT,
  config TEXT NOT NULL,
  auth_type TEXT NOT NULL,
  auth_hint TEXT,
  policy TEXT NOT NULL,
  status TEXT NOT NULL,
  health TEXT NOT NULL,
  slug TEXT NOT NULL UNIQUE,
  protocol_serial TEXT,
  created_at TEXT NOT NULL,
  last_synced_at TEXT
) STRICT;

CREATE TABLE devices (
  id TEXT NOT NULL PRIMARY KEY,
  data TEXT NOT NULL
) STRICT;

CREATE TABLE readings (
  connector_id TEXT NOT NULL,
  tool TEXT NOT NULL,
  value TEXT NOT NULL,
  at TEXT NOT NULL,
  expected_interval_ms REAL,
  PRIMARY KEY (connector_id, tool)
) STRICT;

CREATE TABLE policy_counters (
  connector_id TEXT NOT NULL,
  tool TEXT NOT NULL,
  at ANY NOT NULL
) STRICT;
CREATE INDEX policy_counters_by_tool ON policy_counters (connector_id, tool, at);

CREATE TRIGGER connector_removed AFTER DELETE ON connectors BEGIN
  DELETE FROM readings WHERE connector_id = OLD.id;
  DELETE FROM policy_counters WHERE connector_id = OLD.id;
END;

CREATE TABLE tests (
  id TEXT NOT NULL PRIMARY KEY,
  connector_id TEXT NOT NULL,
  record TEXT NOT NULL,
  tested_at TEXT NOT NULL
) STRICT;
CREATE INDEX tests_by_connector ON tests (connector_id, tested_at);

CREATE TABLE tokens (
  id TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  hash TEXT NOT NULL UNIQUE,
  scopes TEXT NOT NULL,
  connectors TEXT,
  tools TEXT,
  created_at TEXT NOT NULL,
  expires_at TEXT NOT NULL,
  revoked_at TEXT,
  last_used_at TEXT
) STRICT;

CREATE TABLE idempotency (
  principal TEXT NOT NULL,
  method TEXT NOT NULL,
  route TEXT NOT NULL,
  key TEXT NOT NULL,
  body_hash ANY NOT NULL,
  status INTEGER NOT NULL,
  response TEXT NOT NULL,
  request_id TEXT NOT NULL,
  created_at ANY NOT NULL,
  expires_at ANY NOT NULL,
  PRIMARY KEY (principal, method, route, key)
) STRICT;
CREATE INDEX idempotency_by_expiry ON idempotency (expires_at);

CREATE TABLE rule_firings (
  rule TEXT NOT NULL,
  device_id TEXT NOT NULL,
  connector_id TEXT NOT NULL,
  fired_at TEXT NOT NULL,
  PRIMARY KEY (rule, device_id)
) STRICT;

CREATE TABLE events (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  event TEXT NOT NULL,
  at TEXT NOT NULL
) STRICT;
`;

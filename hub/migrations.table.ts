import { eventTables } from './events/index.ts';

/**
 * A hub's own tables. Secrets are stored as SHA-256 only. `projections` held what agents told of their connectors, devices
 * and listings, as they showed it: the agent is the truth, so that everything in it may be dropped and asked for anew.
 */
const tables = `
CREATE TABLE settings (
  key TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE tenants (
  id TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  created_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE keys (
  id TEXT NOT NULL PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  mode TEXT NOT NULL CHECK (mode IN ('live', 'test')),
  name TEXT NOT NULL,
  hash TEXT NOT NULL UNIQUE,
  hint TEXT NOT NULL,
  role TEXT CHECK (role IN ('read_only', 'ingest', 'operate', 'admin')),
  scopes TEXT NOT NULL,
  created_at TEXT NOT NULL,
  revoked_at TEXT,
  last_used_at TEXT
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX keys_active_names ON keys (tenant_id, mode, name) WHERE revoked_at IS NULL;

CREATE TABLE agents (
  id TEXT NOT NULL PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  mode TEXT NOT NULL CHECK (mode IN ('live', 'test')),
  name TEXT NOT NULL,
  public_key TEXT NOT NULL,
  sealing_key TEXT,
  grants TEXT NOT NULL,
  version TEXT NOT NULL,
  paired_at TEXT NOT NULL,
  paired_by TEXT NOT NULL,
  last_seen_at TEXT,
  revoked_at TEXT
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX agents_active_names ON agents (tenant_id, mode, name) WHERE revoked_at IS NULL;

CREATE TABLE pairings (
  id TEXT NOT NULL PRIMARY KEY,
  device_code_hash TEXT NOT NULL UNIQUE,
  user_code TEXT NOT NULL UNIQUE,
  public_key TEXT NOT NULL,
  sealing_key TEXT,
  name TEXT NOT NULL,
  version TEXT NOT NULL,
  address TEXT NOT NULL,
  wanted TEXT NOT NULL,
  created_at TEXT NOT NULL,
  expires_at TEXT NOT NULL,
  decision TEXT CHECK (decision IN ('approved', 'denied')),
  agent_id TEXT REFERENCES agents (id)
) STRICT, WITHOUT ROWID;

CREATE TABLE enrolments (
  id TEXT NOT NULL PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  mode TEXT NOT NULL CHECK (mode IN ('live', 'test')),
  hash TEXT NOT NULL UNIQUE,
  hint TEXT NOT NULL,
  name_pattern TEXT NOT NULL,
  grants TEXT NOT NULL,
  uses_left INTEGER NOT NULL CHECK (uses_left >= 0),
  created_at TEXT NOT NULL,
  expires_at TEXT NOT NULL,
  revoked_at TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE projections (
  agent_id TEXT NOT NULL REFERENCES agents (id),
  kind TEXT NOT NULL CHECK (kind IN ('connector', 'device', 'listing')),
  id TEXT NOT NULL,
  digest TEXT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (agent_id, kind, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE operators (
  id TEXT NOT NULL PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  mode TEXT NOT NULL CHECK (mode IN ('live', 'test')),
  name TEXT NOT NULL,
  capabilities TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('active', 'paused')),
  created_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX operators_names ON operators (tenant_id, mode, name);

CREATE TABLE idempotency (
  principal TEXT NOT NULL,
  method TEXT NOT NULL,
  route TEXT NOT NULL,
  key TEXT NOT NULL,
  body_hash TEXT NOT NULL,
  status INTEGER NOT NULL,
  response TEXT NOT NULL,
  request_id TEXT NOT NULL,
  created_at TEXT NOT NULL,
  expires_at TEXT NOT NULL,
  PRIMARY KEY (principal, method, route, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotency_by_expiry ON idempotency (expires_at);
`;

/**
 * What agents told, again: connectors and devices with the facts that lists need apart from their bodies, and each listing once,
 * since most agents tell of the same ones. What was there is asked for anew.
 */
const toldApart = `
DROP TABLE projections;

CREATE TABLE told (
  id TEXT NOT NULL PRIMARY KEY,
  agent_id TEXT NOT NULL REFERENCES agents (id),
  kind TEXT NOT NULL CHECK (kind IN ('connector', 'device')),
  digest TEXT NOT NULL,
  facts TEXT NOT NULL,
  body TEXT NOT NULL
) STRICT;
CREATE INDEX told_by_agent ON told (agent_id);

CREATE TABLE told_listings (
  hash TEXT NOT NULL PRIMARY KEY,
  body TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE told_catalogues (
  agent_id TEXT NOT NULL PRIMARY KEY REFERENCES agents (id),
  listings TEXT NOT NULL
) STRICT, WITHOUT ROWID;
`;

/** What connectors are called where MCP serves all of them at once: a name means the same for good. */
const slugs = `
CREATE TABLE mcp_slugs (
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  mode TEXT NOT NULL CHECK (mode IN ('live', 'test')),
  slug TEXT NOT NULL,
  agent_id TEXT NOT NULL REFERENCES agents (id),
  local_slug TEXT NOT NULL,
  PRIMARY KEY (tenant_id, mode, slug),
  UNIQUE (agent_id, local_slug)
) STRICT, WITHOUT ROWID;
`;

/** What grows with use, or may be dropped: it is not looked through for damage at every start. */
export const hubBulk = ['events', 'idempotency', 'told', 'told_listings', 'told_catalogues'];

/** Every step of `hub.db`, in order. */
export const hubMigrations: readonly string[] = [tables, eventTables.join(';\n'), toldApart, slugs];

/** The journal of side effects (contract section 1). Times are RFC 3339 UTC text; flags are 0 and 1. */
export const journal001Effects = `
CREATE TABLE meta (key TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE effects (
  journal_id TEXT NOT NULL PRIMARY KEY,
  epoch TEXT NOT NULL,
  connector_id TEXT NOT NULL,
  connector_name TEXT NOT NULL,
  device_id TEXT NOT NULL,
  caller TEXT NOT NULL,
  caller_name TEXT NOT NULL,
  tool TEXT NOT NULL,
  summary TEXT NOT NULL,
  arguments TEXT NOT NULL,
  plan TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  idempotency_key TEXT NOT NULL,
  key_given INTEGER NOT NULL CHECK (key_given IN (0, 1)),
  entity_key TEXT,
  state TEXT NOT NULL
    CHECK (state IN ('accepted', 'awaiting_approval', 'sent', 'applied', 'failed', 'unknown', 'refused')),
  sent INTEGER NOT NULL CHECK (sent IN (0, 1)),
  reason TEXT,
  evidence TEXT,
  witness TEXT,
  result TEXT,
  error TEXT,
  attempts INTEGER NOT NULL,
  created_at TEXT NOT NULL,
  sent_at TEXT,
  ended_at TEXT,
  delivered_at TEXT,
  settlement TEXT,
  last_attempt_at TEXT NOT NULL,
  UNIQUE (connector_id, caller, idempotency_key)
) STRICT;
CREATE INDEX effects_by_connector ON effects (connector_id, created_at);
CREATE INDEX effects_by_device ON effects (device_id, state);
CREATE INDEX effects_by_state ON effects (state);
CREATE INDEX effects_by_age ON effects (created_at);
`;

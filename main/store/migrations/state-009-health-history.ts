/**
 * What each connector's health was, one row for each change; they go with their connector. And when the agent ran: what
 * was between two runs nobody knows. `resumed`: the same process went on, after the machine slept.
 */
export const state009HealthHistory = `
CREATE TABLE health_history (
  connector_id TEXT NOT NULL,
  seq INTEGER NOT NULL,
  at TEXT NOT NULL,
  state TEXT NOT NULL,
  reason TEXT,
  message TEXT,
  cause_id TEXT,
  PRIMARY KEY (connector_id, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX health_history_by_time ON health_history (connector_id, at);

CREATE TABLE agent_runs (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  started_at TEXT NOT NULL,
  alive_at TEXT NOT NULL,
  resumed INTEGER NOT NULL CHECK (resumed IN (0, 1))
) STRICT;

CREATE TRIGGER connector_removed_health_history AFTER DELETE ON connectors BEGIN
  DELETE FROM health_history WHERE connector_id = OLD.id;
END;
`;

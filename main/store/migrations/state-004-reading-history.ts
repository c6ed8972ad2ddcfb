/** The last readings of each tool, oldest given up first; they go with their connector. */
export const state004ReadingHistory = `
CREATE TABLE reading_history (
  connector_id TEXT NOT NULL,
  tool TEXT NOT NULL,
  seq INTEGER NOT NULL,
  at TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (connector_id, tool, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX reading_history_by_time ON reading_history (at);

CREATE TRIGGER connector_removed_history AFTER DELETE ON connectors BEGIN
  DELETE FROM reading_history WHERE connector_id = OLD.id;
END;
`;

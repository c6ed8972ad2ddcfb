/**
 * What devices sent by themselves, in order; and where each stream ends, which is kept when the entries are deleted by
 * age or number. Both go with their connector.
 */
export const state006Streams = `
CREATE TABLE stream_entries (
  connector_id TEXT NOT NULL,
  seq INTEGER NOT NULL,
  items INTEGER NOT NULL,
  at TEXT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (connector_id, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX stream_entries_by_time ON stream_entries (at);

CREATE TABLE stream_heads (
  connector_id TEXT NOT NULL PRIMARY KEY,
  seq INTEGER NOT NULL,
  items INTEGER NOT NULL,
  at TEXT NOT NULL,
  personal INTEGER NOT NULL CHECK (personal IN (0, 1))
) STRICT;

CREATE TRIGGER connector_removed_streams AFTER DELETE ON connectors BEGIN
  DELETE FROM stream_entries WHERE connector_id = OLD.id;
  DELETE FROM stream_heads WHERE connector_id = OLD.id;
END;
`;

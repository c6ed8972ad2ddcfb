/**
 * Software sources: a connector's kind, and which vault entry holds its secret. `secret_changes` says what is being done to
 * the vault, since the two can't be written at once: a start after a crash finishes or undoes it.
 */
export const state002Secrets = `
ALTER TABLE connectors ADD COLUMN kind TEXT NOT NULL DEFAULT 'hardware' CHECK (kind IN ('hardware', 'saas'));
ALTER TABLE connectors ADD COLUMN secret_entry TEXT;

CREATE TABLE secret_changes (
  entry TEXT NOT NULL PRIMARY KEY,
  connector_id TEXT NOT NULL,
  purpose TEXT NOT NULL CHECK (purpose IN ('store', 'drop', 'uninstall')),
  at TEXT NOT NULL
) STRICT;
`;

/**
 * Connectors at Fibric's own API, a row each, kept when they are removed: the generation of a device never goes back. What
 * is sent is in `body`, without its secret, so that a repeat is the same; `attempted` says that it may have arrived.
 */
export const state008Registrations = `
CREATE TABLE cloud_registrations (
  connector_id TEXT NOT NULL PRIMARY KEY,
  device_id TEXT NOT NULL,
  generation INTEGER NOT NULL,
  name TEXT NOT NULL,
  listing TEXT NOT NULL,
  body TEXT NOT NULL,
  secret_entry TEXT,
  state TEXT NOT NULL CHECK (state IN ('installing', 'registered', 'removing', 'removed', 'failed')),
  attempted INTEGER NOT NULL CHECK (attempted IN (0, 1)),
  remote_id TEXT,
  error_code TEXT,
  error_message TEXT,
  updated_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX cloud_registrations_by_device ON cloud_registrations (device_id, generation);
`;

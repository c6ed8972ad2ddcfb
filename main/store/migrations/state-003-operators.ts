/** Who depends on which capabilities (ours): a connector that an active one needs is not uninstalled under it. */
export const state003Operators = `
CREATE TABLE operators (
  id TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  capabilities TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('active', 'paused')),
  created_at TEXT NOT NULL
) STRICT;
`;

/**
 * Timed outputs (contract section 1): what a row holds on, until when, and how it was switched off. The release frames
 * are in the row's plan. `release_due_at` without `released_at`: it may be on.
 */
export const journal002Releases = `
ALTER TABLE effects ADD COLUMN output TEXT;
ALTER TABLE effects ADD COLUMN release_due_at TEXT;
ALTER TABLE effects ADD COLUMN released_at TEXT;
ALTER TABLE effects ADD COLUMN release_reason TEXT;
ALTER TABLE effects ADD COLUMN release_evidence TEXT;
CREATE INDEX effects_held ON effects (device_id) WHERE release_due_at IS NOT NULL AND released_at IS NULL;
CREATE INDEX effects_by_output ON effects (device_id, output, sent_at) WHERE output IS NOT NULL;
`;

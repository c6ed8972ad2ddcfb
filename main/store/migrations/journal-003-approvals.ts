/**
 * Effects that wait for a person, or waited: the approval's own id, and as JSON what it is bound to and who decided. A row
 * has the approval of its latest attempt.
 */
export const journal003Approvals = `
ALTER TABLE effects ADD COLUMN approval_id TEXT;
ALTER TABLE effects ADD COLUMN approval TEXT;
CREATE UNIQUE INDEX effects_by_approval ON effects (approval_id) WHERE approval_id IS NOT NULL;
`;

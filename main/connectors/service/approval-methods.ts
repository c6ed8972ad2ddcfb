import { AgentError } from '../../../drivers/kit/index.ts';
import { intentOf, noSuchApproval, viewApproval } from '../approvals/approval-view.ts';
import { preview } from '../calls/preview.ts';
import type { Effects } from './effects.ts';
import type { Lifetime } from './lifetime.ts';
import type { Records } from './records.ts';
import type { ConnectorService } from './service.ts';

type ApprovalMethods = Pick<ConnectorService, 'approvals' | 'approval' | 'approvalPreview' | 'approve' | 'deny'>;

/** What people are asked, and what they say. */
export function approvalMethods(
  { deviceSide, directory, journal, log }: Records,
  { approvals }: Effects,
  { requireOpen }: Lifetime,
): ApprovalMethods {
  const requireApproval = (approvalId: string) => {
    const row = journal.byApproval(approvalId);
    if (row === null) throw noSuchApproval(approvalId);
    return row;
  };
  return {
    approvals: (filter) => journal.approvals(filter).map(viewApproval),
    approval: (approvalId) => viewApproval(requireApproval(approvalId)),
    async approvalPreview(approvalId) {
      const { connectorId, tool, arguments: args } = intentOf(requireApproval(approvalId));
      try {
        return await preview({ deviceSide, directory }, { connectorId, tool, arguments: args });
      } catch (error) {
        // Nothing to see, or no connector any more.
        const { code } = AgentError.from(error);
        if (code !== 'not_supported')
          log.warn({ code, approval: approvalId, err: error }, 'A preview could not be drawn');
        return null;
      }
    },
    async approve(approvalId, { note = null }, caller) {
      requireOpen();
      return approvals.approve(approvalId, note, caller);
    },
    deny: (approvalId, { note = null }, caller) => approvals.deny(approvalId, note, caller),
  };
}

import { AgentError } from '../../drivers/kit/index.ts';
import type { ConnectorsBackend } from '../../main/api/index.ts';

const refuse = async (): Promise<never> => {
  throw new AgentError('local_only', 'This is done at the machine itself: no hub can.', {
    hint: 'Use the fibric-edge command or the window on that machine.',
  });
};

/** What no hub does for a machine: policy, tokens, approvals, the journal, pause, and all that is about the machine. */
export const atTheMachine = {
  confirmDevice: refuse,
  checkAddress: refuse,
  addDevice: refuse,
  removeDevice: refuse,
  getSettings: refuse,
  getPolicy: refuse,
  setPolicy: refuse,
  applyInstallRules: refuse,
  getOperator: refuse,
  createOperator: refuse,
  updateOperator: refuse,
  removeOperator: refuse,
  listJournal: refuse,
  getJournalEntry: refuse,
  settleJournalEntry: refuse,
  acknowledgeJournal: refuse,
  exportJournal: refuse,
  listApprovals: refuse,
  getApproval: refuse,
  approve: refuse,
  deny: refuse,
  getApprovalPin: refuse,
  setApprovalPin: refuse,
  createToken: refuse,
  listTokens: refuse,
  revokeToken: refuse,
  isPaused: refuse,
  setPaused: refuse,
  getHealth: refuse,
  runDoctor: refuse,
  tailLogs: refuse,
  createWindowTicket: refuse,
  createWindowForm: refuse,
  getKioskPin: refuse,
  setKioskPin: refuse,
  unlockKiosk: refuse,
  getFibricCloud: refuse,
  removeFibricKey: refuse,
  setFibricKey: refuse,
  getCloud: refuse,
  getOutbox: refuse,
  pairCloud: refuse,
  unpairCloud: refuse,
  setCloudGrants: refuse,
} satisfies Partial<ConnectorsBackend>;

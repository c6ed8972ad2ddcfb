import { AgentError } from '../../drivers/kit/index.ts';
import type { ConnectorsBackend } from '../../main/api/index.ts';

/** Says that this is done at the machine itself. */
export const refuseAtHub = async (): Promise<never> => {
  throw new AgentError('local_only', 'This is done at the machine itself: no hub can.', {
    hint: 'Use the fibric-edge command or the window on that machine.',
  });
};

/** What no hub does for a machine: policy, tokens, approvals, the journal, pause, and all that is about the machine. */
export const atTheMachine = {
  confirmDevice: refuseAtHub,
  checkAddress: refuseAtHub,
  addDevice: refuseAtHub,
  removeDevice: refuseAtHub,
  getSettings: refuseAtHub,
  getPolicy: refuseAtHub,
  setPolicy: refuseAtHub,
  applyInstallRules: refuseAtHub,
  listJournal: refuseAtHub,
  getJournalEntry: refuseAtHub,
  settleJournalEntry: refuseAtHub,
  acknowledgeJournal: refuseAtHub,
  exportJournal: refuseAtHub,
  listApprovals: refuseAtHub,
  getApproval: refuseAtHub,
  approve: refuseAtHub,
  deny: refuseAtHub,
  getApprovalPin: refuseAtHub,
  setApprovalPin: refuseAtHub,
  createToken: refuseAtHub,
  listTokens: refuseAtHub,
  revokeToken: refuseAtHub,
  isPaused: refuseAtHub,
  setPaused: refuseAtHub,
  getHealth: refuseAtHub,
  runDoctor: refuseAtHub,
  tailLogs: refuseAtHub,
  createWindowTicket: refuseAtHub,
  createWindowForm: refuseAtHub,
  getKioskPin: refuseAtHub,
  setKioskPin: refuseAtHub,
  unlockKiosk: refuseAtHub,
  getFibricCloud: refuseAtHub,
  removeFibricKey: refuseAtHub,
  setFibricKey: refuseAtHub,
  getCloud: refuseAtHub,
  getOutbox: refuseAtHub,
  pairCloud: refuseAtHub,
  unpairCloud: refuseAtHub,
  setCloudGrants: refuseAtHub,
  getCloudNetwork: refuseAtHub,
  setCloudProxy: refuseAtHub,
  removeCloudProxy: refuseAtHub,
  setCloudAuthorities: refuseAtHub,
  removeCloudAuthorities: refuseAtHub,
  checkCloud: refuseAtHub,
} satisfies Partial<ConnectorsBackend>;

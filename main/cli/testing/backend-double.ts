import { AgentError } from '../../../drivers/kit/index.ts';
import type { ConnectorsBackend } from '../../api/index.ts';

/** A backend of which a test gives the methods it needs; the others reject with `not_supported`. */
export function createBackendDouble(given: Partial<ConnectorsBackend>): ConnectorsBackend {
  const none = () => {
    throw new AgentError('not_supported', 'The double does not do this.');
  };
  const never = async () => none();
  return {
    listListings: never,
    listDevices: never,
    getDevice: never,
    identifyDevice: never,
    confirmDevice: never,
    listConnectors: never,
    getConnector: never,
    installConnector: never,
    updateConnector: never,
    removeConnector: never,
    testConnector: never,
    listTests: never,
    listTools: never,
    listReadings: never,
    listPastReadings: never,
    getPolicy: never,
    setPolicy: never,
    callTool: never,
    previewTool: never,
    applyInstallRules: never,
    listOperators: never,
    getOperator: never,
    createOperator: never,
    updateOperator: never,
    removeOperator: never,
    listCapabilities: never,
    listJournal: never,
    getJournalEntry: never,
    settleJournalEntry: never,
    acknowledgeJournal: never,
    exportJournal: never,
    listApprovals: never,
    getApproval: never,
    approve: never,
    deny: never,
    getApprovalPin: never,
    setApprovalPin: never,
    createToken: never,
    listTokens: never,
    revokeToken: never,
    isPaused: never,
    setPaused: never,
    getHealth: never,
    runDoctor: never,
    tailLogs: never,
    createWindowTicket: never,
    createWindowForm: never,
    getKioskPin: never,
    setKioskPin: never,
    unlockKiosk: never,
    subscribe: none,
    ...given,
  };
}

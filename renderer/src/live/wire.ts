/** What the page takes from the API: its schemas parse every answer, its types are what the page works with. */
export {
  type AgentHealth,
  type ApprovalDetail,
  type ApprovalObject as Approval,
  agentHealthSchema,
  approvalDetailSchema,
  approvalPinSchema,
  approvalSchema,
  type ConnectorObject as Connector,
  callAnswerSchema,
  connectorSchema,
  type CreatedToken,
  createdTokenSchema,
  type DeviceObject as Device,
  type DoctorReport,
  deletedConnectorSchema,
  deviceSchema,
  doctorReportSchema,
  type EffectObject as Effect,
  type IdentifyReportObject as IdentifyReport,
  identifyReportSchema,
  installedConnectorSchema,
  type JournalEntryObject as JournalEntry,
  journalEntrySchema,
  type ListingObject as Listing,
  type LogLine,
  overviewSchema,
  type PastReadingObject as PastReading,
  type PolicyObject as Policy,
  pauseSchema,
  pictureSchema,
  policySchema,
  type ReadingObject as Reading,
  type Scope,
  type StreamEvent,
  scopes,
  streamEventSchema,
  type TestAnswer as ConnectorTest,
  type TestRecordObject as TestRecord,
  type ToolObject as Tool,
  type ToolTestResultObject as ToolTestResult,
  testAnswerSchema as connectorTestSchema,
  toolTestResultSchema,
  type TokenObject as Token,
  tokenSchema,
} from '../../../main/api/schemas/index.ts';

import {
  approvalSchema,
  journalEntrySchema,
  listingSchema,
  listOf,
  pastReadingSchema,
  testRecordSchema,
  logLineSchema,
  tokenSchema,
  toolSchema,
} from '../../../main/api/schemas/index.ts';

export const listingListSchema = listOf(listingSchema);
export const approvalListSchema = listOf(approvalSchema);
export const journalListSchema = listOf(journalEntrySchema);
export const toolListSchema = listOf(toolSchema);
export const testRecordListSchema = listOf(testRecordSchema);
export const pastReadingListSchema = listOf(pastReadingSchema);
export const logListSchema = listOf(logLineSchema);
export const tokenListSchema = listOf(tokenSchema);

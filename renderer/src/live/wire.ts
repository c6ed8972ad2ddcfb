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
  type CreatedToken,
  callAnswerSchema,
  connectorSchema,
  createdTokenSchema,
  type DeviceObject as Device,
  type DoctorReport,
  deletedConnectorSchema,
  deviceSchema,
  doctorReportSchema,
  type EffectObject as Effect,
  type HealthSpanObject as HealthSpan,
  type HealthTimelineObject as HealthTimelineAnswer,
  healthTimelineSchema,
  type IdentifyProgressObject as IdentifyProgress,
  type IdentifyReportObject as IdentifyReport,
  identifyProgressSchema,
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
  type TokenObject as Token,
  type ToolObject as Tool,
  type ToolTestResultObject as ToolTestResult,
  testAnswerSchema as connectorTestSchema,
  tokenSchema,
  toolTestResultSchema,
  type WireEntryObject as WireEntry,
  type WireLogObject as WireLog,
  wireLogSchema,
} from '../../../main/api/schemas/index.ts';

import {
  approvalSchema,
  journalEntrySchema,
  listingSchema,
  listOf,
  logLineSchema,
  pastReadingSchema,
  testRecordSchema,
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

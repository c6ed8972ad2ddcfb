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
  type DeviceObject as Device,
  deletedConnectorSchema,
  doctorReportSchema,
  installedConnectorSchema,
  type JournalEntryObject as JournalEntry,
  type ListingObject as Listing,
  overviewSchema,
  pauseSchema,
  type ReadingObject as Reading,
  type StreamEvent,
  streamEventSchema,
  type TestAnswer as ConnectorTest,
  testAnswerSchema as connectorTestSchema,
} from '../../../main/api/schemas/index.ts';

import { approvalSchema, journalEntrySchema, listingSchema, listOf } from '../../../main/api/schemas/index.ts';

export const listingListSchema = listOf(listingSchema);
export const approvalListSchema = listOf(approvalSchema);
export const journalListSchema = listOf(journalEntrySchema);

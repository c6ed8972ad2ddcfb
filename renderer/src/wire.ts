/** What the page takes from the API: its schemas parse every answer, its types are what the page works with. */
export {
  type ApprovalDetail,
  type ApprovalObject as Approval,
  approvalDetailSchema,
  approvalPinSchema,
  approvalSchema,
  type ConnectorObject as Connector,
  connectorSchema,
  type DeviceObject as Device,
  type ListingObject as Listing,
  type ReadingObject as Reading,
  type StreamEvent,
  streamEventSchema,
  type TestAnswer as ConnectorTest,
  testAnswerSchema as connectorTestSchema,
} from '../../main/api/schemas/index.ts';

import {
  approvalSchema,
  connectorSummarySchema,
  deviceSchema,
  listingSchema,
  listOf,
  readingSchema,
} from '../../main/api/schemas/index.ts';

export const summaryListSchema = listOf(connectorSummarySchema);
export const deviceListSchema = listOf(deviceSchema);
export const listingListSchema = listOf(listingSchema);
export const approvalListSchema = listOf(approvalSchema);
export const readingListSchema = listOf(readingSchema);

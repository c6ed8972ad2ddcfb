import type {
  AddressCheckObject,
  ApprovalObject,
  ConnectorObject,
  DeviceObject,
  IdentifyReportObject,
  JournalEntryObject,
  ListingObject,
  ReadingObject,
  StreamEntryObject,
  StreamEvent,
  TestRecordObject,
  ToolObject,
} from '../../api/schemas/index.ts';
import {
  type Approval,
  type Connector,
  type ConnectorService,
  type JournalEntry,
  type Reading,
  type ServiceEvent,
  type StreamNews,
  type TestRecord,
  withReservedArguments,
} from '../../connectors/index.ts';
import type {
  AddressCheck,
  Device,
  IdentifyReport,
  ListingDescription,
  ToolDescription,
} from '../../hardware/index.ts';

/** The connector that a device is bound to, if any. */
type OwnerOf = ConnectorService['ownerOf'];

/** A device as the API shows it; who owns it is known to the connectors first, to the kernel else. */
export function deviceObject({ holder, ...device }: Device, ownerOf: OwnerOf): DeviceObject {
  const connector = ownerOf(device.id);
  const owner =
    connector !== null
      ? { type: 'connector' as const, id: connector.id, name: connector.name }
      : holder !== null
        ? { type: 'process' as const, name: holder.name, pid: holder.pid }
        : null;
  return { ...device, object: 'device', owner };
}

/** What is at a network address. */
export function addressCheckObject({ deviceId, error, ...check }: AddressCheck): AddressCheckObject {
  return {
    ...check,
    object: 'address_check',
    device: deviceId,
    error: error === null ? null : { code: error.code, message: error.message, hint: error.hint },
  };
}

/** A connector whole. */
export function connectorObject(connector: Connector, ownerOf: OwnerOf): ConnectorObject {
  return {
    ...connector,
    object: 'connector',
    transport: 'mcp',
    tools: connector.tools.map((tool) => ({ name: tool.capability, side_effect: tool.side_effect })),
    device: connector.device === null ? null : deviceObject(connector.device, ownerOf),
  };
}

/** A tool with its schemas; a side effect takes the reserved arguments beside its own. */
export function toolObject({ capability, ...tool }: ToolDescription): ToolObject {
  const input_schema = tool.side_effect ? withReservedArguments(tool.input_schema) : tool.input_schema;
  return { ...tool, input_schema, object: 'tool', name: capability };
}

/** A catalogue entry. */
export function listingObject(listing: ListingDescription): ListingObject {
  return { ...listing, object: 'listing' };
}

export function readingObject(reading: Reading): ReadingObject {
  return { ...reading, object: 'reading' };
}

/** What came over a device's stream. */
function streamEntryObject({ entry, ...place }: StreamNews): StreamEntryObject {
  return { ...place, ...entry, object: 'stream_entry' };
}

export function journalEntryObject(entry: JournalEntry): JournalEntryObject {
  return { ...entry, object: 'journal_entry' };
}

/** An approval without its preview. */
export function approvalObject(approval: Approval): ApprovalObject {
  return { ...approval, object: 'approval' };
}

export function testRecordObject(record: TestRecord): TestRecordObject {
  return { ...record, object: 'connector_test' };
}

export function identifyReportObject(report: IdentifyReport, ownerOf: OwnerOf): IdentifyReportObject {
  return { ...report, object: 'identify_report', device: deviceObject(report.device, ownerOf) };
}

/** What happened, as the stream tells it. */
export function streamEvent(event: ServiceEvent, ownerOf: OwnerOf): StreamEvent {
  switch (event.type) {
    case 'device':
      return { ...event, device: deviceObject(event.device, ownerOf) };
    case 'connector':
      return { type: 'connector', connector: connectorObject(event.connector, ownerOf) };
    case 'reading':
      return { type: 'reading', reading: readingObject(event.reading) };
    case 'stream':
      return { type: 'stream', entry: streamEntryObject(event.news) };
    case 'journal':
      return { type: 'journal', entry: journalEntryObject(event.entry) };
    case 'approval':
      return { type: 'approval', approval: approvalObject(event.approval) };
    case 'test':
      return { type: 'test', record: testRecordObject(event.record) };
    case 'device_removed':
    case 'connector_removed':
    case 'pause':
    case 'gap':
      return event;
  }
}

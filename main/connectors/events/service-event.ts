import type { Device } from '../../hardware/index.ts';
import type { Approval } from '../approvals/approval.ts';
import type { Connector } from '../directory/connector.ts';
import type { Reading } from '../health/reading.ts';
import type { TestRecord } from '../health/test-record.ts';
import type { JournalEntry } from '../journal/journal-entry.ts';
import type { StreamNews } from '../streams/stream-entry.ts';

/** What happens, for the stream. `gap` says how many events before this one were lost because too many came at once. */
export type ServiceEvent =
  | { readonly type: 'device'; readonly device: Device; readonly cause_id?: string }
  | { readonly type: 'device_removed'; readonly device_id: string }
  | { readonly type: 'connector'; readonly connector: Connector }
  | { readonly type: 'connector_removed'; readonly connector_id: string }
  | { readonly type: 'reading'; readonly reading: Reading }
  /** A device sent something by itself, or may have. */
  | { readonly type: 'stream'; readonly news: StreamNews }
  | { readonly type: 'journal'; readonly entry: JournalEntry }
  | { readonly type: 'approval'; readonly approval: Approval }
  | { readonly type: 'test'; readonly record: TestRecord }
  | { readonly type: 'pause'; readonly paused: boolean }
  | { readonly type: 'gap'; readonly lost: number };

import {
  AgentError,
  eachStreamInput,
  type JsonObject,
  latestStreamInput,
  parseArguments,
} from '../../../drivers/kit/index.ts';
import type { BindingState, DeviceEvent, DeviceSide, ToolDescription } from '../../hardware/index.ts';
import { noDeviceYet } from '../calls/call-faults.ts';
import type { Clock } from '../clock.ts';
import type { ConnectorRecord } from '../directory/connector-record.ts';
import type { Directory } from '../directory/directory.ts';
import type { PastReading, Reading } from '../health/reading.ts';
import type { Changes } from './changes.ts';
import { decodeCursor, encodeCursor, type StreamPlace } from './cursor.ts';
import { createGathered } from './gathered.ts';
import { createSilence } from './silence.ts';
import { answerOf, type StreamAnswer } from './stream-answer.ts';
import type { StreamEntry, StreamGap, StreamItem, StreamNews } from './stream-entry.ts';
import type { StreamLog } from './stream-log.ts';

/** What devices send by themselves: kept, told, and read by cursor. */
export interface Streams {
  /** Something came. Connectors without a stream are passed over. */
  onEvent(event: StreamEvent): void;
  onBinding(connectorId: string, state: BindingState): void;
  /**
   * The stream's tool: what came after a cursor, or the newest; waits where it was asked to. Takes nothing away from other
   * readers. Rejects with `invalid_arguments`, `invalid_cursor`, `cancelled`, `closed`, and with what keeps the device from
   * being heard when there is nothing to give.
   */
  read(
    connector: ConnectorRecord,
    tool: ToolDescription,
    request: { readonly arguments: JsonObject; readonly signal: AbortSignal; readonly endsAtMs: number },
  ): Promise<JsonObject>;
  /** What came after a cursor, as far as it is kept, whether or not the device can be heard now. Rejects with `invalid_cursor`. */
  after(connectorId: string, cursor: string, limit: number): StreamAnswer;
  /** The last thing that came of the device that the connector has now; null: nothing that is kept. */
  last(connectorId: string): Reading | null;
  /** Items, newest first, also of devices that the connector had before. */
  past(connectorId: string, query: { readonly limit: number; readonly before?: string }): readonly PastReading[];
  /** Why a device that should be heard all the time counts as silent; null: it does not. */
  silence(connectorId: string): AgentError | null;
  forget(connectorId: string): void;
  close(): void;
}

type StreamEvent = Extract<DeviceEvent, { readonly type: 'stream' }>;

/** Entries that may be gaps among the items of one answer. */
const ROOM_FOR_GAPS = 64;

interface Heard {
  readonly value: JsonObject;
  readonly at: string;
  readonly deviceId: string;
  readonly heardAtMs: number;
}

export function createStreams(parts: {
  readonly deviceSide: Pick<DeviceSide, 'bindingState'>;
  readonly directory: Pick<Directory, 'find'>;
  readonly log: StreamLog;
  readonly changes: Changes;
  readonly clock: Clock;
  readonly onHeard: (connectorId: string) => void;
  readonly onSilent: (connectorId: string, error: AgentError) => void;
  readonly onNews: (news: StreamNews) => void;
  /** The newest item, as a reading; of many that come at once the last is told. */
  readonly onReading: (reading: Reading) => void;
}): Streams {
  const { deviceSide, directory, log, changes, clock, onHeard, onNews, onReading } = parts;
  const newest = new Map<string, Heard>();
  const silence = createSilence(clock, parts.onSilent);
  const gathered = createGathered(clock, (connectorId) => {
    const reading = last(connectorId);
    if (reading !== null) onReading(reading);
  });

  const add = (
    { connectorId, deviceId, at }: Pick<StreamEvent, 'connectorId' | 'deviceId' | 'at'>,
    tool: ToolDescription,
    entry: StreamItem | StreamGap,
  ) => {
    const personal = tool.stream?.personal === true;
    const place = log.append(connectorId, { deviceId, at, body: entry }, { personal });
    changes.note(connectorId);
    const cursor = encodeCursor(connectorId, place);
    onNews({ connector_id: connectorId, device_id: deviceId, tool: tool.capability, at, cursor, entry });
  };

  const requireListening = async (connector: ConnectorRecord): Promise<void> => {
    if (connector.deviceId === null) throw noDeviceYet(connector);
    const state = await deviceSide.bindingState({ connectorId: connector.id });
    if (state.state === 'unavailable') throw AgentError.deserialize(state.error);
  };

  const answerFrom = (connectorId: string, from: StreamPlace, limit: number): StreamAnswer => {
    const room = limit + ROOM_FOR_GAPS;
    const entries = log.after(connectorId, from, room);
    const end = log.end(connectorId);
    const cut = entries.length === room;
    return answerOf(connectorId, entries, { from, end, endAt: log.lastAt(connectorId), limit, cut });
  };

  /** The newest items, with the gaps between them. */
  const newestOf = (connectorId: string, limit: number): StreamAnswer => {
    const entries = log.newest(connectorId, limit + ROOM_FOR_GAPS);
    const items = entries.filter(({ body }) => body.kind === 'item');
    const first = items.at(-Math.min(limit, items.length));
    const shown = first === undefined ? entries.slice(-1) : entries.filter(({ seq }) => seq >= first.seq);
    const end = log.end(connectorId);
    const from = shown[0] === undefined ? end : placeBefore(shown[0]);
    return answerOf(connectorId, shown, { from, end, endAt: null, limit, cut: false });
  };

  const readEach = async (
    connector: ConnectorRecord,
    tool: ToolDescription,
    { arguments: given, signal, endsAtMs }: Parameters<Streams['read']>[2],
  ): Promise<StreamAnswer> => {
    const { id } = connector;
    const { after, wait_ms: waitMs, limit } = parseArguments(eachStreamInput, given, tool.capability);
    const untilMs = Math.min(endsAtMs, clock.monotonicMs() + waitMs);
    if (after === undefined && waitMs === 0) {
      const answer = newestOf(id, limit);
      if (answer.items.length === 0) await requireListening(connector);
      return answer;
    }
    const from = after === undefined ? log.end(id) : decodeCursor(id, after);
    for (;;) {
      const version = changes.version(id);
      const answer = answerFrom(id, from, limit);
      if (answer.items.length > 0 || answer.more) return answer;
      await requireListening(connector);
      const leftMs = untilMs - clock.monotonicMs();
      if (leftMs <= 0) return answer;
      await changes.beyond(id, version, leftMs, signal);
    }
  };

  const readLatest = async (
    connector: ConnectorRecord,
    tool: ToolDescription,
    { arguments: given, signal, endsAtMs }: Parameters<Streams['read']>[2],
  ): Promise<JsonObject> => {
    const { id, name } = connector;
    const { wait_ms: waitMs } = parseArguments(latestStreamInput, given, tool.capability);
    const untilMs = Math.min(endsAtMs, clock.monotonicMs() + waitMs);
    const staleMs = tool.stream?.stale_after_ms ?? Number.POSITIVE_INFINITY;
    for (;;) {
      const version = changes.version(id);
      const heard = newest.get(id);
      // What another device said of itself before is not where this one is.
      const isOwn = heard !== undefined && heard.deviceId === connector.deviceId;
      if (isOwn && clock.monotonicMs() - heard.heardAtMs <= staleMs) {
        return { ...heard.value, device_id: heard.deviceId };
      }
      await requireListening(connector);
      const leftMs = untilMs - clock.monotonicMs();
      if (leftMs <= 0) throw silence.fault(id) ?? nothingYet(name, waitMs);
      await changes.beyond(id, version, leftMs, signal);
    }
  };

  const last = (connectorId: string): Reading | null => {
    const record = directory.find(connectorId);
    const tool = streamOf(record);
    if (record === null || tool === null) return null;
    const isOwn = (deviceId: string | null) => deviceId === null || deviceId === record.deviceId;
    const heard = newest.get(connectorId);
    const kept =
      heard !== undefined && isOwn(heard.deviceId) && log.isKept(connectorId, heard.at)
        ? { value: heard.value, at: heard.at, device_id: heard.deviceId }
        : itemsOf(log.newest(connectorId, ROOM_FOR_GAPS)).findLast(({ device_id }) => isOwn(device_id));
    if (kept === undefined) return null;
    const { value, at, device_id } = kept;
    return {
      connector_id: connectorId,
      device_id,
      tool: tool.capability,
      value,
      at,
      expected_interval_ms: tool.expected_interval_ms,
    };
  };

  return {
    onEvent(event) {
      const { connectorId, deviceId, at, entry } = event;
      const tool = streamOf(directory.find(connectorId));
      if (tool === null) return;
      if (entry.kind === 'item') {
        const value = { ...entry.item, at };
        newest.set(connectorId, { value, at, deviceId, heardAtMs: clock.monotonicMs() });
        silence.heard(connectorId);
        add(event, tool, entry);
        onHeard(connectorId);
        gathered.note(connectorId);
        return;
      }
      const since = entry.since ?? log.lastAt(connectorId);
      // Before anything ever came nobody can have missed it.
      if (entry.reason === 'not_listening' && since === null) return;
      add(event, tool, { ...entry, since, lost: null });
    },
    onBinding(connectorId, state) {
      const record = directory.find(connectorId);
      const tool = streamOf(record);
      if (record === null || tool === null) return;
      if (state.state === 'unavailable') silence.deaf(connectorId);
      if (state.state === 'ready' && tool.expected_interval_ms !== null) {
        silence.listening(connectorId, record.name, tool.expected_interval_ms);
      }
      changes.note(connectorId);
    },
    async read(connector, tool, request) {
      if (tool.stream?.delivery === 'latest') return readLatest(connector, tool, request);
      return { ...(await readEach(connector, tool, request)) };
    },
    after: (connectorId, cursor, limit) => answerFrom(connectorId, decodeCursor(connectorId, cursor), limit),
    last,
    past: (connectorId, { limit, before }) => itemsOf(log.newest(connectorId, limit, before)).reverse(),
    silence: silence.fault,
    forget(connectorId) {
      newest.delete(connectorId);
      silence.deaf(connectorId);
      gathered.forget(connectorId);
      log.forget(connectorId);
      changes.note(connectorId);
    },
    close() {
      changes.close();
      silence.close();
      gathered.close();
    },
  };
}

/** The tool that reads what a connector's device sends; null where there is none. */
export function streamOf(record: ConnectorRecord | null): ToolDescription | null {
  return record?.tools.find(({ stream }) => stream !== null) ?? null;
}

function itemsOf(entries: readonly StreamEntry[]): PastReading[] {
  return entries.flatMap(({ body, at, deviceId }) =>
    body.kind === 'item' ? [{ at, device_id: deviceId, value: { ...body.item, at } }] : [],
  );
}

function placeBefore({ seq, items, body }: StreamEntry): StreamPlace {
  return { seq: seq - 1, items: body.kind === 'item' ? items - 1 : items };
}

function nothingYet(name: string, waitMs: number): AgentError {
  return new AgentError('no_reply', `${name} sent nothing within ${waitMs} ms.`, {
    hint: 'Allow more time with wait_ms, and look at the health of the connector.',
    details: { reason: 'silent', seen: 'nothing' },
  });
}

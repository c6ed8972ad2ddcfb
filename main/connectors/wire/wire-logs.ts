import { randomBytes } from 'node:crypto';
import { AgentError } from '../../../drivers/kit/index.ts';
import type { DeviceEvent, DeviceSide } from '../../hardware/index.ts';
import { type Clock, toInstant } from '../clock.ts';
import type { Changes } from '../streams/changes.ts';
import { decodeWireCursor, encodeWireCursor } from './wire-cursor.ts';
import type { WireEntry, WireLogNote, WirePage, WireRecording, WireRetention } from './wire-entry.ts';
import { createWireRing, type WireRing } from './wire-ring.ts';

/** What went over the wires of connectors that are recorded. In memory only: it may hold what scanners read and printers print. */
export interface WireLogs {
  onEvent(event: Extract<DeviceEvent, { readonly type: 'wire' }>): void;
  /** Throws `invalid_cursor`. Without `after`: from the oldest that is kept. */
  read(connectorId: string, query: { readonly after?: string; readonly limit: number }): WirePage;
  /**
   * Begins, or goes on, for `forMs` from now (null: until it is stopped); or ends. Rejects with `state_conflict` where the
   * configuration says `never`.
   */
  record(connectorId: string, request: { readonly on: boolean; readonly forMs: number | null }): Promise<WireRecording>;
  /** Deletes what was recorded; recording goes on. */
  clear(connectorId: string): void;
  /** Resolves when there is something new, a change of recording included; as {@link Changes.beyond}. */
  beyond(connectorId: string, version: number, signal: AbortSignal): Promise<void>;
  version(connectorId: string): number;
  /** A connector is there: recorded from now on where the configuration says `always`. */
  begin(connectorId: string): Promise<void>;
  /** It is not any more. */
  forget(connectorId: string): Promise<void>;
  /** Gives up what is older than it may be. */
  tidy(): void;
  close(): void;
}

interface Log {
  readonly ring: WireRing;
  since: string | null;
  until: string | null;
  cancelEnd: () => void;
}

/** A follower looks again at the latest after so long. */
const LOOK_MS = 60_000;

export function createWireLogs(parts: {
  readonly deviceSide: Pick<DeviceSide, 'tapWire'>;
  readonly changes: Changes;
  readonly clock: Clock;
  readonly retention: WireRetention;
}): WireLogs {
  const { deviceSide, changes, clock, retention } = parts;
  const run = randomBytes(4).toString('hex');
  const logs = new Map<string, Log>();
  const limits = { bytes: retention.keep_kib * 1024, ageMs: retention.keep_minutes * 60_000 };

  const logOf = (connectorId: string): Log => {
    const known = logs.get(connectorId);
    if (known !== undefined) return known;
    const log: Log = { ring: createWireRing(limits), since: null, until: null, cancelEnd: () => {} };
    logs.set(connectorId, log);
    return log;
  };
  const recordingOf = (log: Log | undefined): WireRecording => ({
    on: log !== undefined && log.since !== null,
    since: log?.since ?? null,
    until: log?.until ?? null,
    mode: retention.record,
  });
  const add = (connectorId: string, log: Log, entries: readonly WireEntry[]) => {
    for (const entry of entries) log.ring.add(entry, clock.monotonicMs());
    changes.note(connectorId);
  };
  const note = (code: WireLogNote['code'], text: string): WireLogNote => ({
    direction: 'note',
    at: toInstant(clock.now()),
    code,
    text,
    call: null,
  });

  const start = async (connectorId: string, forMs: number | null): Promise<void> => {
    const log = logOf(connectorId);
    const wasOff = log.since === null;
    log.since ??= toInstant(clock.now());
    log.until = forMs === null ? null : toInstant(clock.now() + forMs);
    log.cancelEnd();
    log.cancelEnd =
      forMs === null
        ? () => {}
        : clock.after(forMs, () => {
            stop(connectorId, 'Recording ended: its time was up.').catch(() => {});
          });
    if (wasOff) add(connectorId, log, [note('recording_started', 'Recording started.')]);
    else changes.note(connectorId);
    await deviceSide.tapWire({ connectorId, open: true });
  };
  const stop = async (connectorId: string, text: string): Promise<void> => {
    const log = logs.get(connectorId);
    if (log === undefined || log.since === null) return;
    log.cancelEnd();
    // What is on its way still comes before the note.
    await deviceSide.tapWire({ connectorId, open: false });
    if (log.since === null) return;
    log.since = null;
    log.until = null;
    add(connectorId, log, [note('recording_stopped', text)]);
  };

  return {
    onEvent({ connectorId, frames }) {
      const log = logs.get(connectorId);
      if (log !== undefined) add(connectorId, log, frames);
    },
    read(connectorId, { after, limit }) {
      const log = logs.get(connectorId);
      const { ring } = log ?? { ring: createWireRing(limits) };
      ring.expire(clock.monotonicMs());
      const given = after === undefined ? ring.start() : decodeWireCursor(connectorId, run, after);
      const { entries, place } = ring.after(given ?? ring.start(), limit, toInstant(clock.now()));
      const restarted =
        given === null
          ? [{ ...note('gap', 'The agent was restarted; what was recorded before is gone.'), lost: null }]
          : [];
      return {
        recording: recordingOf(log),
        entries: [...restarted, ...entries],
        cursor: encodeWireCursor(connectorId, run, place),
        more: place.seq < ring.end().seq,
      };
    },
    async record(connectorId, { on, forMs }) {
      if (on && retention.record === 'never') throw notAllowed();
      if (on) await start(connectorId, forMs);
      else await stop(connectorId, 'Recording was stopped.');
      return recordingOf(logs.get(connectorId));
    },
    clear(connectorId) {
      logs.get(connectorId)?.ring.clear();
      changes.note(connectorId);
    },
    version: (connectorId) => changes.version(connectorId),
    beyond: (connectorId, version, signal) => changes.beyond(connectorId, version, LOOK_MS, signal),
    async begin(connectorId) {
      if (retention.record === 'always' && !logs.has(connectorId)) await start(connectorId, null);
    },
    async forget(connectorId) {
      logs.get(connectorId)?.cancelEnd();
      logs.delete(connectorId);
      changes.note(connectorId);
      await deviceSide.tapWire({ connectorId, open: false });
    },
    tidy() {
      for (const { ring } of logs.values()) ring.expire(clock.monotonicMs());
    },
    close() {
      for (const log of logs.values()) log.cancelEnd();
      changes.close();
    },
  };
}

function notAllowed(): AgentError {
  return new AgentError('state_conflict', 'The configuration of this machine says that wires are never recorded.', {
    hint: 'Set wire_log.record to on_request in the configuration and restart the agent.',
  });
}

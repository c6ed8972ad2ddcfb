import { toHex } from '../../../drivers/kit/index.ts';
import type { ConnectorsBackend } from '../../api/index.ts';
import type { WireEntryObject, WireLogObject } from '../../api/schemas/index.ts';
import type { ConnectorService, WireEntry, WirePage } from '../../connectors/index.ts';
import { callerOf } from './caller-of.ts';

/** How long a recording lasts when nobody says. */
const RECORDED_MS = 15 * 60_000;
/** Entries that the answer to a change begins with. */
const SHOWN = 500;

/** What went over wires, and how connectors were. */
export function createWireBackend(
  service: ConnectorService,
): Pick<ConnectorsBackend, 'getHealthTimeline' | 'getWireLog' | 'recordWire' | 'clearWireLog' | 'followWireLog'> {
  return {
    async getHealthTimeline(_principal, id, { since, until }) {
      const { fromMs, toMs, spans, cut } = await service.healthTimeline(id, {
        ...(since === undefined ? {} : { sinceMs: Date.parse(since) }),
        ...(until === undefined ? {} : { untilMs: Date.parse(until) }),
      });
      return {
        object: 'health_timeline',
        connector_id: id,
        from: instant(fromMs),
        to: instant(toMs),
        spans: spans.map(({ fromMs: from, toMs: to, ...what }) => ({ from: instant(from), to: instant(to), ...what })),
        cut,
      };
    },
    getWireLog: async (_principal, id, { after, limit }) =>
      wireLogObject(id, service.wire(id, { limit, ...(after === undefined ? {} : { after }) })),
    async recordWire(principal, id, { recording, for_s }) {
      const forMs = for_s === undefined ? RECORDED_MS : for_s * 1000;
      await service.recordWire(id, { on: recording, forMs }, callerOf(principal));
      return wireLogObject(id, service.wire(id, { limit: SHOWN }));
    },
    clearWireLog: async (principal, id) => wireLogObject(id, service.clearWire(id, callerOf(principal))),
    followWireLog: (_principal, id, { after }, signal, take) =>
      service.followWire(id, after === undefined ? {} : { after }, signal, (page) => take(wireLogObject(id, page))),
  };
}

function wireLogObject(connectorId: string, { recording, entries, cursor, more }: WirePage): WireLogObject {
  return {
    object: 'wire_log',
    connector_id: connectorId,
    recording,
    entries: entries.map(wireEntryObject),
    cursor,
    has_more: more,
  };
}

function wireEntryObject(entry: WireEntry): WireEntryObject {
  if (entry.direction === 'note') return entry;
  const { bytes, ...what } = entry;
  return { ...what, hex: toHex(bytes, Number.POSITIVE_INFINITY) };
}

function instant(ms: number): string {
  return new Date(ms).toISOString();
}

import type { EventDraft, OutboxBounds } from '../../../main/cloud/outbox/terms.ts';

/** The whole day takes minutes: `EDGE_OFFLINE_HOURS=24 npm test -- whole/events`. */
const hours = Number(process.env['EDGE_OFFLINE_HOURS'] ?? 2);
const perDeviceAndSecond = 10;
const wide = { maxBytes: 1e9, maxAgeMs: 1e12 };

/** Hours without a cloud: five devices, fifty events a second. */
export const offline = {
  startMs: Date.parse('2026-07-02T00:00:00Z'),
  minutes: hours * 60,
  perDeviceAndSecond,
  perDeviceAndMinute: perDeviceAndSecond * 60,
  stream: 'scan.read',
  bounds: {
    effects: wide,
    state: wide,
    readings: wide,
    streams: { maxBytes: 24 * 1024 * 1024, maxAgeMs: 72 * 3_600_000 },
  },
} satisfies { readonly bounds: OutboxBounds; readonly [name: string]: unknown };

/** Who sends. */
export const deviceNames = ['dev_1', 'dev_2', 'dev_3', 'dev_4', 'dev_5'];

/** The event of that number; the number is where its source stands, too. */
export function eventOf(device: string, number: number, nowMs: number): EventDraft {
  return {
    class: 'streams',
    device,
    stream: offline.stream,
    source: `scanner-${device}`,
    eventType: 'scan.received',
    correlationId: null,
    at: new Date(nowMs).toISOString(),
    connectorId: 'cn_1',
    simulated: false,
    data: { number, text: `400638133${number}` },
    origin: String(number),
  };
}

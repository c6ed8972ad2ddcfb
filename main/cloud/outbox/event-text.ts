import type { EventDraft, Gap } from './terms.ts';

/** The key of an event: the same event has the same one for good, and no other event ever has it. */
export function eventKey(epoch: string, device: string, stream: string, seq: number): string {
  return `${epoch}:${device}:${stream}:${seq}`;
}

/** The key of a gap, which no event can have: a stream's name holds no `~`. */
export function gapKey(epoch: string, { device, stream, firstSeq, lastSeq }: Gap): string {
  return `${epoch}:${device}:${stream}~lost:${firstSeq}-${lastSeq}`;
}

/** More than anything that is worth telling takes; clouds refuse what is far larger. */
const MOST_DATA_BYTES = 64 * 1024;

/** An event as it is sent. Made once: a retry has to be the same bytes. Data that is far too large is left out, and that is said. */
export function eventText(draft: EventDraft, seq: number): string {
  const dataBytes = Buffer.byteLength(JSON.stringify(draft.data));
  return JSON.stringify({
    source: draft.source,
    event_type: draft.eventType,
    ...(draft.correlationId === null ? {} : { correlation_id: draft.correlationId }),
    payload: {
      at: draft.at,
      device: draft.device,
      connector_id: draft.connectorId,
      stream: draft.stream,
      seq,
      ...(draft.simulated ? { simulated: true } : {}),
      data: dataBytes > MOST_DATA_BYTES ? { left_out_bytes: dataBytes } : draft.data,
    },
  });
}

/** The event that stands for those that are lost. */
export function gapText(gap: Gap, toldAt: string): string {
  return JSON.stringify({
    source: gap.source,
    event_type: 'events.lost',
    payload: {
      at: toldAt,
      device: gap.device,
      stream: gap.stream,
      ...(gap.simulated ? { simulated: true } : {}),
      data: {
        class: gap.class,
        lost: gap.lost,
        first_seq: gap.firstSeq,
        last_seq: gap.lastSeq,
        from: gap.fromAt,
        to: gap.toAt,
        reason: gap.reason,
      },
    },
  });
}

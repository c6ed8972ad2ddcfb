import { AgentError } from '../agent-error.ts';
import type { WireRequest } from '../link.ts';
import { decodeHidFrame, encodeHidFrame, type HidFrame, type HidVerdict, matchHidFrames } from './frames.ts';

/** A report of a device. */
export interface HidReport {
  /** 0 where the device numbers no reports. */
  readonly id: number;
  readonly data: Uint8Array;
}

/** An input report that came before it was asked for. */
export interface RecalledReport extends HidReport {
  readonly ageMs: number;
}

/** Longer than the kernel waits for a control transfer (5 s), so that its own word is heard. */
const CONTROL_MS = 6_000;
const nothing = new Uint8Array();

/** Sends an output report. Resolves when the device has acknowledged it; `device_refused` when it stalled it. */
export function sendOutputReport(report: HidReport, label: string): WireRequest<null> {
  return sending('output', report, label);
}

/** Sets a feature report. Resolves when the device has acknowledged it; `device_refused` when it stalled it. */
export function setFeatureReport(report: HidReport, label: string): WireRequest<null> {
  return sending('set_feature', report, label);
}

/** Asks for a feature report of at most `length` bytes, its id not counted; `device_refused` when the device stalls it. */
export function getFeatureReport(id: number, length: number, label: string): WireRequest<Uint8Array> {
  return {
    bytes: encodeHidFrame({ kind: 'get_feature', reportId: id, data: Uint8Array.of(length & 0xff, length >> 8) }),
    label,
    replyTimeoutMs: CONTROL_MS,
    match: matchHidFrames((frame) => answerTo(id, label, frame, 'feature', ({ data }) => data)),
  };
}

/**
 * Waits for an input report that `read` understands and sends nothing; reports for which it gives null are passed over.
 * What comes is fresh: reports from before the request are never seen.
 */
export function awaitInputReport<T>(
  read: (report: HidReport) => T | null,
  label: string,
  waitMs: number,
): WireRequest<T> {
  return {
    bytes: nothing,
    label,
    replyTimeoutMs: waitMs,
    match: matchHidFrames((frame): HidVerdict<T> => {
      if (frame.kind !== 'input') return { kind: 'skip' };
      const value = read({ id: frame.reportId, data: frame.data });
      return value === null ? { kind: 'skip' } : { kind: 'reply', value };
    }),
  };
}

/** The last input report with this id since the interface was opened; null when there was none. The device is not asked. */
export function recallInputReport(id: number, label: string): WireRequest<RecalledReport | null> {
  return {
    bytes: encodeHidFrame({ kind: 'recall', reportId: id, data: nothing }),
    label,
    local: true,
    replyTimeoutMs: CONTROL_MS,
    match: matchHidFrames((frame): HidVerdict<RecalledReport | null> => {
      if (frame.kind !== 'recalled' || frame.reportId !== id) return { kind: 'skip' };
      const [a = 0, b = 0, c = 0, d = 0] = frame.data;
      if (frame.data.length < 4) return { kind: 'reply', value: null };
      return {
        kind: 'reply',
        value: { id, data: frame.data.subarray(4), ageMs: a + b * 2 ** 8 + c * 2 ** 16 + d * 2 ** 24 },
      };
    }),
  };
}

/** The answer to a recall. */
export function recalledFrame(id: number, report: Pick<RecalledReport, 'data' | 'ageMs'> | null): HidFrame {
  if (report === null) return { kind: 'recalled', reportId: id, data: nothing };
  const data = new Uint8Array(4 + report.data.length);
  new DataView(data.buffer).setUint32(0, Math.min(0xffff_ffff, Math.max(0, Math.round(report.ageMs))), true);
  data.set(report.data, 4);
  return { kind: 'recalled', reportId: id, data };
}

/** Whether these bytes reach no device at all, or only read: a recall, or a question for a feature report. */
export function isHidQuestion(bytes: Uint8Array): boolean {
  const frame = decodeHidFrame(bytes);
  return frame !== null && (frame.kind === 'recall' || frame.kind === 'get_feature');
}

function sending(kind: 'output' | 'set_feature', { id, data }: HidReport, label: string): WireRequest<null> {
  return {
    bytes: encodeHidFrame({ kind, reportId: id, data }),
    label,
    replyTimeoutMs: CONTROL_MS,
    match: matchHidFrames((frame) => answerTo(id, label, frame, 'taken', () => null)),
  };
}

function answerTo<T>(
  id: number,
  label: string,
  frame: HidFrame,
  expected: 'taken' | 'feature',
  read: (frame: HidFrame) => T,
): HidVerdict<T> {
  if (frame.reportId !== id) return { kind: 'skip' };
  if (frame.kind === 'refused') throw refusedByDevice(label, frame);
  return frame.kind === expected ? { kind: 'reply', value: read(frame) } : { kind: 'skip' };
}

function refusedByDevice(label: string, { reportId, data }: HidFrame): AgentError {
  const seen = new TextDecoder().decode(data);
  return new AgentError('device_refused', `The device refused report ${reportId}: ${label} (${seen}).`, {
    hint: 'It is another model than this listing is for, or its firmware is out of step: unplug it and plug it in again.',
    details: { request: label, report_id: reportId, seen },
  });
}

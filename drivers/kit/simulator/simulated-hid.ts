import { encodeHidFrame, type HidFrame, readHidFrame } from '../hid/frames.ts';
import { type HidReport, recalledFrame } from '../hid/requests.ts';
import type { SimulatedDevice } from './simulated-device.ts';

/** The far side of a HID interface: reports in and out. */
export interface HidFirmware {
  /** The input reports that it sends by itself now, oldest first; asked each time someone listens. */
  speak(): readonly HidReport[];
  /** Takes an output report; false: stalls it. */
  output?(report: HidReport): boolean;
  /** Takes a feature report; false: stalls it. */
  setFeature?(report: HidReport): boolean;
  /** A feature report; null: stalls. */
  getFeature?(reportId: number, length: number): Uint8Array | null;
}

const nothing = new Uint8Array();
/** What Linux says of a stall. */
const stall = new TextEncoder().encode('Broken pipe');

/**
 * A HID device at the far end of the HID link, with what its transport does: reports are answered, the last input report
 * of each id is kept with its age. Listening (no bytes) brings what the firmware has to say.
 */
export function createSimulatedHid(
  firmware: HidFirmware,
  rest: Pick<SimulatedDevice, 'state' | 'change'>,
  nowMs: () => number,
): SimulatedDevice {
  const heard = new Map<number, { readonly data: Uint8Array; readonly atMs: number }>();

  const speak = (): readonly HidFrame[] =>
    firmware.speak().map(({ id, data }) => {
      heard.set(id, { data, atMs: nowMs() });
      return { kind: 'input', reportId: id, data };
    });
  const settle = (reportId: number, taken: boolean): HidFrame => ({
    kind: taken ? 'taken' : 'refused',
    reportId,
    data: taken ? nothing : stall,
  });
  const answer = ({ kind, reportId, data }: HidFrame): HidFrame | null => {
    const report = { id: reportId, data };
    switch (kind) {
      case 'recall': {
        const last = heard.get(reportId);
        return recalledFrame(reportId, last === undefined ? null : { data: last.data, ageMs: nowMs() - last.atMs });
      }
      case 'output':
        return settle(reportId, firmware.output?.(report) ?? false);
      case 'set_feature':
        return settle(reportId, firmware.setFeature?.(report) ?? false);
      case 'get_feature': {
        const [low = 0, high = 0] = data;
        const feature = firmware.getFeature?.(reportId, low + high * 0x100) ?? null;
        return feature === null ? settle(reportId, false) : { kind: 'feature', reportId, data: feature };
      }
      default:
        return null;
    }
  };

  return {
    ...rest,
    receive(bytes, send) {
      const said = speak();
      for (const frame of said) send(encodeHidFrame(frame));
      for (let at = 0; at < bytes.length; ) {
        const reading = readHidFrame(bytes, at);
        if (reading.kind !== 'frame') return;
        at += reading.size;
        const frame = answer(reading.frame);
        if (frame !== null) send(encodeHidFrame(frame));
      }
    },
  };
}

import { z } from 'zod';
import { encodeHidFrame } from '../kit/hid/index.ts';
import { concatBytes, fromHex } from '../kit/index.ts';
import type { SimulatedDevice, SimulatorModel } from '../kit/simulator/simulated-device.ts';
import { createSimulatedHid } from '../kit/simulator/simulated-hid.ts';

const hex = z.string().regex(/^([0-9A-Fa-f]{2} ?)*$/, 'hex pairs');

const changeSchema = z.strictObject({
  /** The code in front of it, as text (UTF-8) or as bytes. */
  scan: z.string().optional(),
  scan_hex: hex.optional(),
  /** Its AIM identifier; empty: none is sent. */
  aim: z
    .string()
    .regex(/^(\][A-Za-z][0-9A-Za-z])?$/)
    .default(']E0'),
  /** Only the first report of a long code is sent. */
  half: z.boolean().default(false),
});

const REPORT_ID = 2;
/** Bytes of a code in one report. */
const ROOM = 56;

/**
 * A scanner with the layout of Honeywell's: length, identifier, 56 bytes, the vendor's code id, a reserved byte, "goes on".
 * By hand: `{scan: "4006381333931"}`, `{scan: "long...", aim: "]Q1"}`, `{scan: "long...", half: true}`.
 */
export const scannerHidSimulator: SimulatorModel = {
  listing: 'cn-scanner-hid',
  create: (options) => {
    z.strictObject({}).parse(options);
    return createSimulatedScanner();
  },
};

function createSimulatedScanner(): SimulatedDevice {
  let scanned = 0;
  let last: string | null = null;
  return createSimulatedHid(
    { speak: () => [] },
    {
      state: () => ({ scanned, last }),
      change(given, send = () => {}) {
        const { scan = '', scan_hex, aim, half } = changeSchema.parse(given);
        const data = scan_hex === undefined ? new TextEncoder().encode(scan) : fromHex(scan_hex);
        const reports = scanReports(data, aim);
        for (const report of half ? reports.slice(0, 1) : reports) {
          send(encodeHidFrame({ kind: 'input', reportId: REPORT_ID, data: report }));
        }
        if (half) return;
        scanned += 1;
        last = scan;
      },
    },
    () => 0,
  );
}

/** The data of the reports that carry a code. */
export function scanReports(code: Uint8Array, aim: string): readonly Uint8Array[] {
  const identifier = Uint8Array.from({ length: 3 }, (_, index) => aim.charCodeAt(index) || 0);
  const count = Math.max(1, Math.ceil(code.length / ROOM));
  return Array.from({ length: count }, (_, index) => {
    const part = code.subarray(index * ROOM, (index + 1) * ROOM);
    const padding = new Uint8Array(ROOM - part.length);
    const goesOn = index + 1 < count ? 1 : 0;
    return concatBytes(Uint8Array.of(part.length), identifier, part, padding, Uint8Array.of(0x64, 0, goesOn));
  });
}

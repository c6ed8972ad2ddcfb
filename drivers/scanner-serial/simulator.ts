import { z } from 'zod';
import { concatBytes, decodeLatin1, encodeLatin1, fromHex, type JsonObject } from '../kit/index.ts';
import type { Send, SimulatedDevice, SimulatorModel } from '../kit/simulator/simulated-device.ts';

const hex = z.string().regex(/^([0-9A-Fa-f]{2} ?)*$/, 'hex pairs');

const optionsSchema = z.strictObject({
  prefix_hex: hex.default(''),
  suffix_hex: hex.default('0D'),
  model: z.string().default('Voyager 1602g'),
  serial: z.string().default('15232B1F0C'),
  /** A scanner that answers menu commands, as Honeywell's do. */
  menu: z.boolean().default(true),
  /** It reads whatever passes in front of it, a code each so many milliseconds, once it is switched to that. */
  continuous_ms: z.int().min(1).optional(),
});

const changeSchema = z.strictObject({
  /** The code in front of it, as text (UTF-8) or as bytes; with its AIM identifier if that is switched on. */
  scan: z.string().optional(),
  scan_hex: hex.optional(),
  /** Scanned so many times, without a pause. */
  times: z.int().min(1).max(10_000).default(1),
  /** Sent in pieces of so many bytes, so far apart. */
  chunk_bytes: z.int().min(1).default(65_536),
  gap_ms: z.int().min(0).default(0),
  /** Only the first half is sent, and no suffix: the trigger was let go, or the cable pulled. */
  half: z.boolean().default(false),
  /** Sent as it is. */
  noise_hex: hex.default(''),
  /** Switches to continuous reading, or out of it; only with `continuous_ms`. */
  continuous: z.boolean().optional(),
});

/** SYN M CR. */
const MENU = '\u0016M\r';

/**
 * A scanner on a serial line. By hand: `{scan: "]E04006381333931"}`, `{scan: "x", times: 50}`, `{scan: "x", half: true}`,
 * `{noise_hex: "FF00"}`. In continuous reading its codes are `N0000001` and so on, as many as the time has brought, however
 * late a timer is. `state()` counts the codes that were sent whole.
 */
export const scannerSerialSimulator: SimulatorModel = {
  listing: 'cn-scanner-serial',
  create: (options) => createSimulatedScanner(optionsSchema.parse(options)),
};

function createSimulatedScanner(options: z.output<typeof optionsSchema>): SimulatedDevice {
  const prefix = fromHex(options.prefix_hex);
  const suffix = fromHex(options.suffix_hex);
  let scanned = 0;
  let last: string | null = null;
  let received = '';
  /** When continuous reading began, and how many codes it has brought; null: it is off. */
  let passing: { readonly sinceMs: number; count: number } | null = null;

  const scan = (change: z.output<typeof changeSchema>, send: Send): void => {
    const data = change.scan_hex === undefined ? encodeUtf8(change.scan ?? '') : fromHex(change.scan_hex);
    const whole = concatBytes(prefix, data, suffix);
    const codes = change.half
      ? [concatBytes(prefix, data.subarray(0, Math.ceil(data.length / 2)))]
      : Array.from({ length: change.times }, () => whole);
    if (!change.half) {
      scanned += change.times;
      last = decodeLatin1(data);
    }
    sendInChunks(concatBytes(...codes), change, send);
  };

  const answer = (send: Send): void => {
    const start = received.indexOf(MENU);
    const [command] = /^[A-Z0-9]{6}[^.!]*[.!]/.exec(received.slice(start + MENU.length)) ?? [];
    if (start < 0 || command === undefined) return;
    received = '';
    const menu = command.slice(0, -1);
    const end = command.slice(-1);
    if (!options.menu) return;
    if (menu === 'REVINF') send(encodeLatin1(`${revision(options)}REVINF\x06${end}`), 20);
    else if (menu === 'CBRENA?') send(encodeLatin1(`CBRENA1\x06${end}`), 20);
    else send(encodeLatin1(`${menu}\x05${end}`), 20);
  };

  const pass = (intervalMs: number, send: Send): void => {
    if (passing === null) return;
    const due = Math.floor((performance.now() - passing.sinceMs) / intervalMs);
    for (; passing.count < due; passing.count += 1) {
      scanned += 1;
      last = `N${String(scanned).padStart(7, '0')}`;
      send(concatBytes(prefix, encodeLatin1(last), suffix));
    }
  };
  const { continuous_ms: intervalMs } = options;

  return {
    ...(intervalMs === undefined ? {} : { beat: { intervalMs, tick: (send: Send) => pass(intervalMs, send) } }),
    receive(bytes, send) {
      received = (received + decodeLatin1(bytes)).slice(-256);
      answer(send);
    },
    powerOn() {
      received = '';
    },
    state: (): JsonObject => ({ scanned, last }),
    change(given, send = () => {}) {
      const change = changeSchema.parse(given);
      if (change.continuous !== undefined)
        passing = change.continuous ? { sinceMs: performance.now(), count: 0 } : null;
      if (change.noise_hex !== '') send(fromHex(change.noise_hex));
      if (change.scan !== undefined || change.scan_hex !== undefined) scan(change, send);
    },
  };
}

function sendInChunks(
  bytes: Uint8Array,
  { chunk_bytes, gap_ms }: { readonly chunk_bytes: number; readonly gap_ms: number },
  send: Send,
): void {
  for (let start = 0, index = 0; start < bytes.length; start += chunk_bytes, index += 1) {
    send(bytes.subarray(start, start + chunk_bytes), index * gap_ms);
  }
}

function revision({ model, serial }: { readonly model: string; readonly serial: string }): string {
  return [
    `Product Name: ${model}`,
    'Boot Revision: : 8992',
    'Software Part Number: CW000082BBA',
    'Software Revision: $ProjectRevision: 16345 ',
    `Serial Number: ${serial}`,
    'Supported IF: RS232 TTL',
    'PCB Assembly ID: 000000',
    'Engine Firmware Type: N/A   Revision: N/A   Serial Number: N/A   Checksum: N/A',
    '',
  ].join('\r\n');
}

function encodeUtf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

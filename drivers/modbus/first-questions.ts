import {
  AgentError,
  type Disturbance,
  type DriverContext,
  type FirstAnswer,
  type FirstQuestions,
  type Link,
  toHex,
} from '../kit/index.ts';
import { hasValidCrc } from './crc.ts';
import { identify } from './identify.ts';
import { mapNames } from './maps/index.ts';
import { type PduRequest, readCoils, readRegisters } from './pdu.ts';
import { unitOf } from './unit.ts';

const format = { data_bits: 8, stop_bits: 1 } as const;
/** What units leave the factory with, then what the standard wants (V1.02, 2.5.1: 19200, even). */
const lines = [
  { ...format, baud_rate: 9600, parity: 'none' },
  { ...format, baud_rate: 19_200, parity: 'even' },
  { ...format, baud_rate: 19_200, parity: 'none' },
  { ...format, baud_rate: 9600, parity: 'even' },
] as const;
/** The address that nearly every unit is delivered with. */
const FACTORY_UNIT = 1;
/** Units answer within some tens of milliseconds, or after a turnaround delay of up to 200 (V1.02, 2.4.1). */
const REPLY_MS = 200;
const SHORTEST_FRAME = 4;
const LONGEST_FRAME = 256;

/** One of them every unit knows; one that it does not know it answers with an exception, or not at all. */
const probes: readonly PduRequest<unknown>[] = [
  readRegisters('input', { start: 0, count: 1 }),
  readRegisters('holding', { start: 0, count: 1 }),
  readCoils({ start: 0, count: 1 }),
];

/** Reads at address 0 of one unit: any answer of it, an exception too, has its address and a CRC. */
export const firstQuestions: FirstQuestions = {
  ways({ link, units }) {
    if (link !== 'serial') return [];
    const [map] = mapNames;
    const asked = units.length === 0 ? [FACTORY_UNIT] : units;
    return lines.flatMap((line) => asked.map((unit) => ({ line, options: { map, reply_timeout_ms: REPLY_MS }, unit })));
  },
  frames: (context) => probes.map(unitOf(context).frameOf),
  ask,
};

async function ask(link: Link, context: DriverContext): Promise<FirstAnswer> {
  const unit = unitOf(context);
  let silence: unknown;
  for (const probe of probes) {
    try {
      await unit.exchange(link, probe);
      return await describe(link, context);
    } catch (error) {
      if (!AgentError.is(error, 'no_reply')) throw error;
      silence = error;
    }
  }
  throw silence;
}

/** Which map fits, by the registers that each model is known by; none when not exactly one does. */
async function describe(link: Link, context: DriverContext): Promise<FirstAnswer> {
  const fitting: FirstAnswer[] = [];
  for (const map of mapNames) {
    try {
      const identification = await identify(link, { ...context, options: { ...context.options, map } });
      fitting.push({ sure: true, identification, options: { map } });
      // It said who it is, whatever the map: then no map was tried.
      if (identification.model !== null) return { sure: true, identification, options: {} };
    } catch (error) {
      if (!AgentError.is(error, 'device_refused', 'device_not_ready', 'no_reply', 'bad_reply')) throw error;
    }
  }
  const [only, ...more] = fitting;
  if (only !== undefined && more.length === 0) return only;
  const details = { unit: unitOf(context).name };
  return {
    sure: true,
    identification: { manufacturer: null, model: null, protocolSerial: null, details },
    options: {},
  };
}

/** Functions that change something (V1.1b3, section 6): writes, mask write, write and read, diagnostics, file record. */
const changing: ReadonlySet<number> = new Set([0x05, 0x06, 0x08, 0x0f, 0x10, 0x15, 0x16, 0x17]);

/** A frame with a valid CRC that changes something, wherever it begins. */
export function disturbedBy(bytes: Uint8Array): Disturbance | null {
  for (let start = 0; start + SHORTEST_FRAME <= bytes.length; start += 1) {
    // 0 is all units.
    if ((bytes[start] ?? 0) > 247 || !changing.has(bytes[start + 1] ?? 0)) continue;
    const longest = Math.min(bytes.length, start + LONGEST_FRAME);
    for (let end = start + SHORTEST_FRAME; end <= longest; end += 1) {
      const frame = bytes.subarray(start, end);
      if (hasValidCrc(frame)) return { kind: 'acts', what: `carry out the frame ${toHex(frame, 16)}` };
    }
  }
  return null;
}

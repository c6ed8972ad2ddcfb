import { formatDecimal, type JsonObject } from '../../kit/index.ts';
import { registerMaps } from '../maps/index.ts';
import { functionCode, MEI_DEVICE_IDENTIFICATION, type RegisterTable } from '../pdu.ts';
import type { Register } from '../register-map.ts';
import { decodeValue, encodeValue, registerCount } from '../values.ts';
import type { BusChange, UnitOptions } from './options.ts';

const WRITE_MULTIPLE_COILS = 0x0f;
const ILLEGAL_FUNCTION = 1;
const ILLEGAL_ADDRESS = 2;
const ILLEGAL_VALUE = 3;
/** Waveshare: this coil address stands for all relays, this value for "the other state". */
const ALL_COILS = 0x00ff;
const TOGGLE = 0x5500;

/** What a unit of each map shows when its options say nothing else. */
const factoryValues: Readonly<Record<UnitOptions['map'], Readonly<Record<string, string>>>> = {
  'waveshare-relay-8': { firmware_version: '2.00' },
  'xy-md02': { temperature: '21.5', humidity: '48.0', baud_setting: '9600' },
};

/** One slave: registers, coils, and answers to requests without address and CRC. */
export interface SimulatedUnit {
  readonly address: number;
  readonly silent: boolean;
  readonly replyDelayMs: number;
  /** Carries out a request and gives the answer. */
  handle(pdu: Uint8Array): Uint8Array;
  change(change: BusChange): void;
  state(): JsonObject;
}

/** Makes a unit as it is when switched on. Throws a `RangeError` on a value that its map does not have or can't hold. */
export function createSimulatedUnit(options: UnitOptions): SimulatedUnit {
  const map = registerMaps[options.map];
  const registers: readonly Register[] = [...map.sensors, ...map.identity];
  const words: Record<RegisterTable, Map<number, number>> = { input: new Map(), holding: new Map() };
  const coils = Array.from({ length: map.relays?.count ?? 0 }, () => false);
  const firstCoil = map.relays?.first_coil ?? 0;
  let { silent, reply_delay_ms: replyDelayMs } = options;
  let stuck = new Set(options.stuck_relays);

  const setValue = (name: string, value: string): void => {
    const register = registers.find((one) => one.name === name);
    if (register === undefined) throw new RangeError(`map ${map.id} has no register ${name}`);
    encodeValue(value, register).forEach((word, index) => {
      words[register.table].set(register.address + index, word);
    });
  };
  const setRelay = (relay: number, on: boolean): void => {
    if (coils[relay - 1] === undefined) throw new RangeError(`unit ${options.address} has no relay ${relay}`);
    coils[relay - 1] = on;
  };
  const command = (index: number, on: boolean): void => {
    if (!stuck.has(index + 1)) coils[index] = on;
  };

  const readBits = (code: number, start: number, count: number): Uint8Array => {
    const first = start - firstCoil;
    if (count < 1 || count > 2000) return exception(code, ILLEGAL_VALUE);
    if (first < 0 || first + count > coils.length) return exception(code, ILLEGAL_ADDRESS);
    const bytes = new Uint8Array(Math.ceil(count / 8));
    coils.slice(first, first + count).forEach((on, index) => {
      if (on) bytes[index >> 3] = (bytes[index >> 3] ?? 0) | (1 << (index & 7));
    });
    return Uint8Array.of(code, bytes.length, ...bytes);
  };

  const readWords = (code: number, start: number, count: number): Uint8Array => {
    if (count < 1 || count > map.max_registers) return exception(code, ILLEGAL_VALUE);
    const table = words[code === functionCode.readInputRegisters ? 'input' : 'holding'];
    const found = Array.from({ length: count }, (_, index) => table.get(start + index));
    const bytes = found.flatMap((word) => (word === undefined ? [] : [word >> 8, word & 0xff]));
    return bytes.length === count * 2 ? Uint8Array.of(code, bytes.length, ...bytes) : exception(code, ILLEGAL_ADDRESS);
  };

  const writeCoil = (pdu: Uint8Array, coil: number, value: number): Uint8Array => {
    const index = coil - firstCoil;
    const targets = coil === ALL_COILS ? [...coils.keys()] : [index];
    if (targets.some((target) => coils[target] === undefined)) return exception(pdu[0], ILLEGAL_ADDRESS);
    if (value !== 0xff00 && value !== 0x0000 && value !== TOGGLE) return exception(pdu[0], ILLEGAL_VALUE);
    for (const target of targets) command(target, value === TOGGLE ? coils[target] === false : value === 0xff00);
    return pdu;
  };

  const writeCoils = (pdu: Uint8Array, start: number, count: number): Uint8Array => {
    const first = start - firstCoil;
    if (count < 1 || pdu[5] !== Math.ceil(count / 8)) return exception(pdu[0], ILLEGAL_VALUE);
    if (first < 0 || first + count > coils.length) return exception(pdu[0], ILLEGAL_ADDRESS);
    for (let index = 0; index < count; index += 1)
      command(first + index, (((pdu[6 + (index >> 3)] ?? 0) >> (index & 7)) & 1) === 1);
    return pdu.subarray(0, 5);
  };

  const identification = (pdu: Uint8Array): Uint8Array => {
    const { identification: known } = options;
    if (known === null || pdu[1] !== MEI_DEVICE_IDENTIFICATION) return exception(pdu[0], ILLEGAL_FUNCTION);
    if (pdu[2] !== 1) return exception(pdu[0], ILLEGAL_VALUE);
    const objects = [known.vendor, known.product_code, known.revision].flatMap((text, id) => {
      const bytes = Buffer.from(text, 'latin1');
      return [id, bytes.length, ...bytes];
    });
    return Uint8Array.of(0x2b, MEI_DEVICE_IDENTIFICATION, 1, 1, 0, 0, 3, ...objects);
  };

  for (const [name, value] of Object.entries({ ...factoryValues[options.map], ...options.values }))
    setValue(name, value);
  if (options.map === 'xy-md02') setValue('unit_address', String(options.address));
  for (const relay of options.relays_on) setRelay(relay, true);

  return {
    address: options.address,
    get silent() {
      return silent;
    },
    get replyDelayMs() {
      return replyDelayMs;
    },
    handle(pdu) {
      const code = pdu[0] ?? 0;
      const [first, second] = [uint16(pdu, 1), uint16(pdu, 3)];
      if (code === functionCode.encapsulatedInterface) return identification(pdu);
      if (code === functionCode.readHoldingRegisters || code === functionCode.readInputRegisters)
        return readWords(code, first, second);
      if (coils.length === 0) return exception(code, ILLEGAL_FUNCTION);
      if (code === functionCode.readCoils) return readBits(code, first, second);
      if (code === functionCode.writeSingleCoil) return writeCoil(pdu, first, second);
      if (code === WRITE_MULTIPLE_COILS) return writeCoils(pdu, first, second);
      return exception(code, ILLEGAL_FUNCTION);
    },
    change(change) {
      for (const [name, value] of Object.entries(change.values ?? {})) setValue(name, value);
      for (const [relay, on] of Object.entries(change.relays ?? {})) setRelay(Number(relay), on);
      if (change.stuck_relays !== undefined) stuck = new Set(change.stuck_relays);
      silent = change.silent ?? silent;
      replyDelayMs = change.reply_delay_ms ?? replyDelayMs;
    },
    state() {
      const values = registers.map((register) => {
        const table = words[register.table];
        const held = Array.from(
          { length: registerCount(register.type) },
          (_, index) => table.get(register.address + index) ?? 0,
        );
        const value = decodeValue(held, register);
        return [register.name, value === null ? null : formatDecimal(value)] as const;
      });
      const relays = coils.map((on, index) => ({ relay: index + 1, on }));
      return { address: options.address, map: map.id, silent, values: Object.fromEntries(values), relays };
    },
  };
}

function exception(code: number | undefined, meaning: number): Uint8Array {
  return Uint8Array.of((code ?? 0) | 0x80, meaning);
}

function uint16(bytes: Uint8Array, offset: number): number {
  return ((bytes[offset] ?? 0) << 8) | (bytes[offset + 1] ?? 0);
}

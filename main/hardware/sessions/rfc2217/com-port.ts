import type { SerialSettings } from '../../../../drivers/kit/index.ts';
import type { SettingName } from '../line-settings.ts';

/** The Telnet option of RFC 2217. */
export const COM_PORT_OPTION = 44;

/** What the client says (section 3); the server answers with the same number plus 100. */
const codes = {
  signature: 0,
  baudRate: 1,
  dataSize: 2,
  parity: 3,
  stopSize: 4,
  control: 5,
  lineState: 6,
  modemState: 7,
  suspend: 8,
  resume: 9,
  lineStateMask: 10,
  modemStateMask: 11,
  purge: 12,
} as const;
const SERVER = 100;

/** SET-PARITY, SET-STOPSIZE and the outbound flow control of SET-CONTROL (section 3). */
const parities = { none: 1, odd: 2, even: 3 } as const;
const flowControls = { none: 1, xon_xoff: 2, rts_cts: 3 } as const;
/** Every value by which a server may tell the outbound flow control; the others of SET-CONTROL mean other things. */
const flowNames: Readonly<Record<number, string>> = {
  1: 'none',
  2: 'xon_xoff',
  3: 'rts_cts',
  17: 'DCD',
  19: 'DSR',
};
const parityNames: Readonly<Record<number, string>> = { 1: 'none', 2: 'odd', 3: 'even', 4: 'mark', 5: 'space' };
const stopNames: Readonly<Record<number, string>> = { 1: '1', 2: '2', 3: '1.5' };

/** What the server says. */
export type ComPortReply =
  /** The setting that its port has now, whatever was asked for. */
  | { readonly type: 'setting'; readonly name: SettingName; readonly value: string }
  /** It can take no more for now (section 5), or can again. */
  | { readonly type: 'flow'; readonly suspended: boolean }
  /** The state of its port's lines, or of its receiver, in the bits of section 4. */
  | { readonly type: 'notification'; readonly of: 'line' | 'modem'; readonly bits: number }
  /** Anything else: acknowledgements of masks and purges, its name. */
  | { readonly type: 'other'; readonly code: number };

/** The payload that asks the server for one setting. */
export function encodeSetting(name: SettingName, settings: SerialSettings): Uint8Array {
  switch (name) {
    case 'baud_rate': {
      const payload = new Uint8Array(5);
      payload[0] = codes.baudRate;
      // High byte first (section 3, SET-BAUDRATE).
      new DataView(payload.buffer).setUint32(1, settings.baud_rate);
      return payload;
    }
    case 'data_bits':
      return Uint8Array.of(codes.dataSize, settings.data_bits);
    case 'parity':
      return Uint8Array.of(codes.parity, parities[settings.parity]);
    case 'stop_bits':
      return Uint8Array.of(codes.stopSize, settings.stop_bits);
    case 'flow_control':
      return Uint8Array.of(codes.control, flowControls[settings.flow_control]);
  }
}

/** The payload that has the server drop what it holds: `received` from the line, `unsent` to it, or both. */
export function encodePurge(what: 'received' | 'unsent' | 'both'): Uint8Array {
  return Uint8Array.of(codes.purge, { received: 1, unsent: 2, both: 3 }[what]);
}

/** The payload that begins or ends a break (SET-CONTROL, values 5 and 6 of section 3). */
export function encodeBreak(on: boolean): Uint8Array {
  return Uint8Array.of(codes.control, on ? 5 : 6);
}

/** The payload that says of which changes the server is to tell (the bits of section 4). */
export function encodeMask(of: 'line' | 'modem', bits: number): Uint8Array {
  return Uint8Array.of(of === 'line' ? codes.lineStateMask : codes.modemStateMask, bits);
}

/** Reads a payload of the server's; null where it is none, or cut short. */
export function decodeComPort(payload: Uint8Array): ComPortReply | null {
  const [code, first] = payload;
  if (code === undefined || code < SERVER) return null;
  const named = (name: SettingName, names: Readonly<Record<number, string>>): ComPortReply | null =>
    first === undefined ? null : { type: 'setting', name, value: names[first] ?? `unknown (${first})` };
  switch (code - SERVER) {
    case codes.baudRate: {
      if (payload.length < 5) return null;
      const rate = new DataView(payload.buffer, payload.byteOffset).getUint32(1);
      return { type: 'setting', name: 'baud_rate', value: String(rate) };
    }
    case codes.dataSize:
      return first === undefined ? null : { type: 'setting', name: 'data_bits', value: String(first) };
    case codes.parity:
      return named('parity', parityNames);
    case codes.stopSize:
      return named('stop_bits', stopNames);
    case codes.control:
      if (first === undefined) return null;
      return flowNames[first] === undefined ? { type: 'other', code } : named('flow_control', flowNames);
    case codes.lineState:
    case codes.modemState:
      if (first === undefined) return null;
      return { type: 'notification', of: code - SERVER === codes.lineState ? 'line' : 'modem', bits: first };
    case codes.suspend:
      return { type: 'flow', suspended: true };
    case codes.resume:
      return { type: 'flow', suspended: false };
    default:
      return { type: 'other', code };
  }
}

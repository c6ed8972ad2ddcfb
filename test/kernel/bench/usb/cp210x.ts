import { type BridgeChip, describeLine } from './bridge.ts';

/** Requests of AN571, "CP210x virtual COM port interface", as the driver cp210x of Linux 6.1 makes them. */
const request = {
  enable: 0x00,
  setLineControl: 0x03,
  setBreak: 0x05,
  setModemHandshake: 0x07,
  getModemStatus: 0x08,
  getCommStatus: 0x10,
  purge: 0x12,
  setFlow: 0x13,
  getFlow: 0x14,
  setSpecialCharacters: 0x19,
  setBaudRate: 0x1e,
  vendor: 0xff,
} as const;
const GET_PART_NUMBER = 0x370b;
const [TO_INTERFACE, FROM_INTERFACE, FROM_DEVICE] = [0x41, 0xc1, 0xc0];

/** Part numbers that a chip answers with; what the driver believes it can do follows from it. */
const parts = { CP2101: 1, CP2102: 2 } as const;

/** A CP210x of this part, 10c4:ea60. */
export function cp210x(serial: string, part: keyof typeof parts = 'CP2102'): BridgeChip {
  let baudRate = 0;
  let format = '8N1';
  let flow = new Uint8Array(16);
  return {
    identity: {
      vendorId: 0x10c4,
      productId: 0xea60,
      manufacturer: 'Silicon Labs',
      product: `${part} USB to UART Bridge Controller`,
      serial,
    },
    kind: [0, 0, 0],
    interface: {
      number: 0,
      kind: [0xff, 0, 0],
      endpoints: [
        { address: 0x81, kind: 'bulk' },
        { address: 0x01, kind: 'bulk' },
      ],
    },
    dataIn: 1,
    dataOut: 1,
    control({ type, request: asked, value, data, length }, registers) {
      if (type === FROM_DEVICE && asked === request.vendor) {
        return value === GET_PART_NUMBER ? Uint8Array.of(parts[part], 0).subarray(0, length) : null;
      }
      if (type === FROM_INTERFACE) {
        if (asked === request.getModemStatus) {
          const { cts, dsr, ring, dcd } = registers.modemLines();
          return Uint8Array.of((cts ? 0x10 : 0) | (dsr ? 0x20 : 0) | (ring ? 0x40 : 0) | (dcd ? 0x80 : 0));
        }
        // Nothing waits in it: what it takes it has sent.
        if (asked === request.getCommStatus) return new Uint8Array(19);
        return asked === request.getFlow ? flow : null;
      }
      if (type !== TO_INTERFACE) return null;
      switch (asked) {
        case request.setBaudRate:
          baudRate = Buffer.from(data).readUInt32LE(0);
          break;
        case request.setLineControl:
          format = lineFormat(value);
          // The driver sets the speed first.
          registers.setLine(describeLine(baudRate, value >> 8, format.charAt(0), format.slice(1)));
          break;
        case request.setModemHandshake:
          // The high byte says which of the two are meant.
          registers.setControl((value & 0x0101) === 0x0101, (value & 0x0202) === 0x0202);
          break;
        case request.setFlow:
          flow = Uint8Array.from(data);
          registers.note(`flow control ${flowOf(flow)}`);
          break;
        case request.setBreak:
          registers.note(value === 0 ? 'break off' : 'break on');
          break;
        case request.enable:
        case request.purge:
        case request.setSpecialCharacters:
          break;
        default:
          return null;
      }
      return new Uint8Array();
    },
  };
}

function lineFormat(value: number): string {
  const parity = 'NOEMS'.charAt((value >> 4) & 0xf);
  const stop = ['1', '1.5', '2'][value & 0xf] ?? '?';
  return `${parity}${stop}`;
}

/** Bit 3 of the handshake: CTS is heeded; bits 0 and 1 of the replacement: XON and XOFF are (AN571, SET_FLOW). */
function flowOf(flow: Uint8Array): string {
  const [handshake = 0, , , , replacement = 0] = flow;
  if ((handshake & 0x08) !== 0) return 'rts_cts';
  return (replacement & 0x03) === 0 ? 'none' : 'xon_xoff';
}

import { type BridgeChip, describeLine } from './bridge.ts';

/** The class requests of CDC PSTN 1.2, and the registers behind request 1, as the driver pl2303 of Linux 6.1 makes them. */
const request = { vendor: 0x01, setLine: 0x20, getLine: 0x21, setControl: 0x22, setBreak: 0x23 };
const [TO_DEVICE, FROM_DEVICE, TO_INTERFACE, FROM_INTERFACE] = [0x40, 0xc0, 0x21, 0xa1];
const FLOW_CONTROL_REGISTER = 0;

/** How the two kinds show themselves: the driver goes by the class, then by the two version numbers. */
const kinds = {
  /** The old one: no speed above 1.2288 MBd. */
  H: { kind: [2, 0, 0], usbVersion: 0x0110, release: 0x0202 },
  HX: { kind: [0, 0, 0], usbVersion: 0x0110, release: 0x0300 },
} as const;

/** A PL2303, 067b:2303. It has no serial number. */
export function pl2303(which: keyof typeof kinds = 'HX'): BridgeChip {
  const { kind, usbVersion, release } = kinds[which];
  // 9600 8N1.
  let coding = Uint8Array.of(0x80, 0x25, 0, 0, 0, 0, 8);
  const values = new Map<number, number>();
  return {
    identity: {
      vendorId: 0x067b,
      productId: 0x2303,
      manufacturer: 'Prolific Technology Inc.',
      product: 'USB-Serial Controller',
      usbVersion,
      release,
    },
    kind,
    interface: {
      number: 0,
      kind: [0xff, 0, 0],
      endpoints: [
        { address: 0x81, kind: 'interrupt' },
        { address: 0x02, kind: 'bulk' },
        { address: 0x83, kind: 'bulk' },
      ],
    },
    dataIn: 3,
    dataOut: 2,
    control({ type, request: asked, value, index, data }, registers) {
      if (type === FROM_DEVICE && asked === request.vendor) return Uint8Array.of(values.get(value & 0x7f) ?? 0);
      if (type === TO_DEVICE && asked === request.vendor) {
        values.set(value, index);
        if (value === FLOW_CONTROL_REGISTER) registers.note(`flow control ${flowOf(index)}`);
        return new Uint8Array();
      }
      if (type === FROM_INTERFACE && asked === request.getLine) return coding;
      if (type !== TO_INTERFACE) return null;
      switch (asked) {
        case request.setLine:
          coding = Uint8Array.from(data);
          registers.setLine(lineOf(coding));
          return new Uint8Array();
        case request.setControl:
          registers.setControl((value & 1) !== 0, (value & 2) !== 0);
          return new Uint8Array();
        case request.setBreak:
          if (value !== 0) registers.note('break on');
          return new Uint8Array();
        default:
          return null;
      }
    },
    status: {
      endpoint: 1,
      encode({ cts, dsr, dcd, ring }) {
        const message = new Uint8Array(10);
        message[0] = 0xa1;
        message[1] = 0x20;
        message[8] = (dcd ? 0x01 : 0) | (dsr ? 0x02 : 0) | (ring ? 0x08 : 0) | (cts ? 0x80 : 0);
        return message;
      },
    },
  };
}

function flowOf(value: number): string {
  if ((value & 0xc0) === 0xc0) return 'xon_xoff';
  return (value & 0x60) === 0 ? 'none' : 'rts_cts';
}

/** A speed as it is, or by bit 31 as 12 MHz * 32 over mantissa * 4^exponent. */
function speedOf(coding: Uint8Array): number {
  const [low = 0, high = 0, , top = 0] = coding;
  if (top !== 0x80) return Buffer.from(coding).readUInt32LE(0);
  const mantissa = low | ((high & 1) << 8);
  return (12_000_000 * 32) / (mantissa * 4 ** (high >> 1));
}

function lineOf(coding: Uint8Array): string {
  const [, , , , stop = 0, parity = 0, dataBits = 0] = coding;
  return describeLine(speedOf(coding), dataBits, 'NOEMS'.charAt(parity), ['1', '1.5', '2'][stop] ?? '?');
}

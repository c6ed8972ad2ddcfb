import { type BridgeChip, describeLine } from './bridge.ts';

/** Requests and registers as the driver ch341 of Linux 6.1 knows them; the maker publishes none. */
const request = { version: 0x5f, readRegisters: 0x95, writeRegisters: 0x9a, initialise: 0xa1, modemControl: 0xa4 };
const register = { break: 0x05, modemStatus: 0x06, prescaler: 0x12, lineControl: 0x18 };
const [TO_DEVICE, FROM_DEVICE] = [0x40, 0xc0];
const CLOCK_HZ = 48_000_000;
const VERSION = 0x31;
const [DTR, RTS] = [0x20, 0x40];

/** What can be wrong with a CH340 beside what can be with any device. */
export interface Ch341Habits {
  /** Refuses each change of its line, as some clones do; or only the first, as if its answer came too late for the driver. */
  readonly refusesLine?: 'always' | 'once';
}

/** A CH340, 1a86:7523. It has no serial number. */
export function ch341(habits: Ch341Habits = {}): BridgeChip {
  let baudRate = 0;
  let opened = false;
  let refusals = habits.refusesLine === undefined ? 0 : habits.refusesLine === 'once' ? 1 : Number.POSITIVE_INFINITY;
  return {
    identity: { vendorId: 0x1a86, productId: 0x7523, product: 'USB Serial' },
    kind: [0xff, 0, 0],
    interface: {
      number: 0,
      kind: [0xff, 1, 2],
      endpoints: [
        { address: 0x82, kind: 'bulk' },
        { address: 0x02, kind: 'bulk' },
        { address: 0x81, kind: 'interrupt' },
      ],
    },
    dataIn: 2,
    dataOut: 2,
    control({ type, request: asked, value, index }, registers) {
      if (type === FROM_DEVICE && asked === request.version) return Uint8Array.of(VERSION, 0);
      if (type === FROM_DEVICE && asked === request.readRegisters) {
        const low = value & 0xff;
        if (low === register.modemStatus) return Uint8Array.of(modemBits(registers.modemLines()), 0xee);
        return low === register.break ? Uint8Array.of(0x01, 0xc3) : null;
      }
      if (type !== TO_DEVICE) return null;
      if (asked === request.modemControl) {
        // Active low.
        registers.setControl((value & DTR) === 0, (value & RTS) === 0);
        opened ||= (value & DTR) === 0;
        return new Uint8Array();
      }
      if (asked === request.initialise) return new Uint8Array();
      if (asked !== request.writeRegisters) return null;
      switch (value & 0xff) {
        case register.prescaler:
          // What the driver sets at plug-in has to pass, or there is no port at all.
          if (refusals > 0 && opened) {
            refusals -= 1;
            registers.note('a speed was refused');
            return null;
          }
          baudRate = speedOf(index);
          break;
        case register.lineControl:
          registers.setLine(lineOf(baudRate, index & 0xff));
          break;
        case register.break:
          registers.note((index & 0x01) === 0 ? 'break on' : 'break off');
          break;
        default:
      }
      return new Uint8Array();
    },
    status: {
      endpoint: 1,
      encode: (lines) => Uint8Array.of(0x08, 0x3f, modemBits(lines), 0xee),
    },
  };
}

/** CTS, DSR, RI, DCD from bit 0 on, active low. */
function modemBits({ cts, dsr, ring, dcd }: Parameters<NonNullable<BridgeChip['status']>['encode']>[0]): number {
  return ~((cts ? 1 : 0) | (dsr ? 2 : 0) | (ring ? 4 : 0) | (dcd ? 8 : 0)) & 0xff;
}

/** Low byte: two bits of prescaler and one of a factor of 2; high byte: the divisor, counted down from 256. */
function speedOf(index: number): number {
  const prescaler = index & 0x03;
  const factor = (index >> 2) & 0x01;
  const divisor = 0x100 - (index >> 8);
  return CLOCK_HZ / (2 ** (12 - 3 * prescaler - factor) * divisor);
}

/** The line control register of a 16C550, with receiver and transmitter switched by bits 7 and 6. */
function lineOf(baudRate: number, control: number): string {
  const parity = (control & 0x08) === 0 ? 'N' : (control & 0x10) === 0 ? 'O' : 'E';
  return describeLine(baudRate, 5 + (control & 0x03), parity, (control & 0x04) === 0 ? '1' : '2');
}

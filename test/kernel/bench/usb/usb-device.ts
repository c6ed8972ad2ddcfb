import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { Guest } from '../guest.ts';
import { within } from '../json-lines.ts';
import {
  configurationDescriptor,
  deviceDescriptor,
  type Interface,
  stringDescriptor,
  type UsbIdentity,
} from './descriptors.ts';

/** A control request (USB 2.0 section 9.3). */
export interface Setup {
  readonly type: number;
  readonly request: number;
  readonly value: number;
  readonly index: number;
  readonly length: number;
  readonly data: Uint8Array;
}

/** What a kind of device is, beside what all have in common. */
export interface UsbModel {
  readonly identity: UsbIdentity;
  /** Class, subclass, protocol of the whole device; zeros where each interface has its own. */
  readonly kind: readonly [number, number, number];
  readonly interfaces: readonly Interface[];
  /** A class request: its answer, or null to stall. */
  control(setup: Setup): Uint8Array | null;
  /** What the host sent on an endpoint. */
  received(endpoint: number, bytes: Uint8Array): void;
}

/** What can be wrong with a device. All off at first. */
export interface Misbehaviour {
  /** Takes nothing more from the host, as with its flow control line held. */
  holdOutput: boolean;
  /** Refuses what the host asks on these endpoints (with 0x80 for those it sends on). */
  readonly stalled: Set<number>;
  /** The same, until the host clears the halt (USB 2.0 section 9.4.5). */
  readonly halted: Set<number>;
  /** The first transfer from the host that is longer than `bytes` is taken that far; then the endpoint halts, the device vanishes, or it takes no more. */
  breakWithin: { readonly bytes: number; readonly by: 'halt' | 'vanish' | 'hold' } | null;
  /** What it sends comes this much later, and never before what it sent earlier. */
  lateMs: number;
  /** Sends what it has to say in pieces of at most so many bytes, each a short transfer. */
  pieceBytes: number;
  /** What it does with the next class requests that set something: refuse them after all, or acknowledge them this much later. */
  afterSetting: { readonly by: 'stall' } | { readonly by: 'delay'; readonly ms: number } | null;
  /** Says that it sends this many bytes more than it does. */
  lieByBytes: number;
  /** Vanishes within the answer that would pass this many bytes in all. */
  dropAfterBytes: number;
}

/** A device that can be put into a guest's virtual controller. */
export interface UsbDevice {
  readonly wrong: Misbehaviour;
  /** Plugs it into the guest's first free socket; resolves when it is connected, some 0.5 s before its driver has it. */
  plug(): Promise<void>;
  /** Pulls it out; resolves when its socket is free, so that it is known which one is used next. Idempotent. */
  unplug(): Promise<void>;
  /** Sends on an IN endpoint (its number, without 0x80), or keeps it until the host asks. Dropped when not plugged in. */
  send(endpoint: number, bytes: Uint8Array): void;
  /** Lets go of what {@link Misbehaviour.holdOutput} kept. */
  release(): void;
}

/** USB/IP's URB protocol (kernel documentation, usb/usbip_protocol): headers of 48 bytes, numbers big-endian. */
const HEADER = 48;
const CMD_UNLINK = 2;
const RET_SUBMIT = 3;
const RET_UNLINK = 4;
const STALL = -32;
const CONNECTION_RESET = -104;

interface Urb {
  readonly sequence: number;
  readonly length: number;
  readonly endpoint: number;
  readonly bytes: Uint8Array;
}

/** Makes a device of this kind for the guest; not plugged in yet. */
export function makeUsbDevice({ usbPort, control }: Guest, model: UsbModel): UsbDevice {
  const wrong: Misbehaviour = {
    holdOutput: false,
    stalled: new Set(),
    halted: new Set(),
    breakWithin: null,
    lateMs: 0,
    pieceBytes: Number.POSITIVE_INFINITY,
    afterSetting: null,
    lieByBytes: 0,
    dropAfterBytes: Number.POSITIVE_INFINITY,
  };
  let socket: Socket | null = null;
  /** Whether it is in a socket of the guest, and when it is out of it. */
  let inSocket: Promise<void> = Promise.resolve();
  let outOfSocket = async () => {};
  let sent = 0;
  /** What the device has to say, and what the host waits for, by endpoint. */
  const unsent = new Map<number, Uint8Array[]>();
  const asked = new Map<number, Urb[]>();
  let held: Urb[] = [];
  /** When the last of what it sends late is due. */
  let dueMs = 0;

  const reply = (sequence: number, status: number, bytes: Uint8Array | null, takenLength = 0) => {
    const header = Buffer.alloc(HEADER);
    header.writeUInt32BE(RET_SUBMIT, 0);
    header.writeUInt32BE(sequence, 4);
    header.writeInt32BE(status, 20);
    header.writeUInt32BE((bytes?.length ?? takenLength) + (bytes === null ? 0 : wrong.lieByBytes), 24);
    const message = Buffer.concat([header, bytes ?? new Uint8Array()]);
    if (socket === null || socket.destroyed) return;
    sent += bytes?.length ?? 0;
    if (sent > wrong.dropAfterBytes) {
      socket.write(message.subarray(0, message.length - 1));
      socket.destroySoon();
    } else socket.write(message);
  };

  const stalls = (endpoint: number) => wrong.stalled.has(endpoint) || wrong.halted.has(endpoint);

  const serveIn = (urb: Urb) => {
    if (stalls(urb.endpoint | 0x80)) return reply(urb.sequence, STALL, null);
    const [first, ...rest] = unsent.get(urb.endpoint) ?? [];
    if (first === undefined) {
      asked.set(urb.endpoint, [...(asked.get(urb.endpoint) ?? []), urb]);
      return;
    }
    const left = first.subarray(urb.length);
    unsent.set(urb.endpoint, left.length === 0 ? rest : [left, ...rest]);
    reply(urb.sequence, 0, first.subarray(0, urb.length));
  };
  /** Has something to say: to a host that waits for it, or for the next time that it asks. */
  const offer = (endpoint: number, bytes: Uint8Array) => {
    if (socket === null) return;
    for (let start = 0; start < bytes.length; start += wrong.pieceBytes) {
      const piece = bytes.subarray(start, start + wrong.pieceBytes);
      unsent.set(endpoint, [...(unsent.get(endpoint) ?? []), piece]);
      const [urb, ...rest] = asked.get(endpoint) ?? [];
      asked.set(endpoint, rest);
      if (urb !== undefined) serveIn(urb);
    }
  };
  const serveOut = (urb: Urb) => {
    if (stalls(urb.endpoint)) return reply(urb.sequence, STALL, null);
    if (wrong.breakWithin !== null && urb.bytes.length > wrong.breakWithin.bytes) {
      const { bytes, by } = wrong.breakWithin;
      wrong.breakWithin = null;
      // As devices do, packet by packet: the host is not told how far it came.
      model.received(urb.endpoint, urb.bytes.subarray(0, bytes));
      if (by === 'vanish') {
        socket?.destroy();
        return;
      }
      if (by === 'hold') {
        wrong.holdOutput = true;
        held.push({ ...urb, bytes: urb.bytes.subarray(bytes) });
        return;
      }
      wrong.halted.add(urb.endpoint);
      return reply(urb.sequence, STALL, null);
    }
    if (wrong.holdOutput) {
      held.push(urb);
      return;
    }
    model.received(urb.endpoint, urb.bytes);
    reply(urb.sequence, 0, null, urb.length);
  };
  const serveControl = (urb: Urb, isIn: boolean, setup: Setup) => {
    const answer = wrong.stalled.has(0)
      ? null
      : (endpointRequest(wrong.halted, setup) ?? standard(model, setup) ?? model.control(setup));
    const { afterSetting } = wrong;
    const sets = !isIn && (setup.type & 0x60) === 0x20 && afterSetting !== null;
    if (answer === null || (sets && afterSetting.by === 'stall')) reply(urb.sequence, STALL, null);
    else if (sets && afterSetting.by === 'delay') {
      held.push(urb);
      setTimeout(() => {
        // The host may have given it up meanwhile.
        if (!held.includes(urb)) return;
        held = held.filter((each) => each !== urb);
        reply(urb.sequence, 0, null, urb.length);
      }, afterSetting.ms);
    } else if (isIn) reply(urb.sequence, 0, answer.subarray(0, setup.length));
    else reply(urb.sequence, 0, null, urb.length);
  };
  const unlink = (sequence: number, victim: number) => {
    let found = false;
    for (const [endpoint, urbs] of asked) {
      const left = urbs.filter((urb) => urb.sequence !== victim);
      found ||= left.length !== urbs.length;
      asked.set(endpoint, left);
    }
    const stillHeld = held.filter((urb) => urb.sequence !== victim);
    found ||= stillHeld.length !== held.length;
    held = stillHeld;
    const header = Buffer.alloc(HEADER);
    header.writeUInt32BE(RET_UNLINK, 0);
    header.writeUInt32BE(sequence, 4);
    header.writeInt32BE(found ? CONNECTION_RESET : 0, 20);
    socket?.write(header);
  };

  /** Takes one message off the front; null while it is not whole. */
  const takeMessage = (buffer: Buffer): Buffer | null => {
    if (buffer.length < HEADER) return null;
    const sequence = buffer.readUInt32BE(4);
    if (buffer.readUInt32BE(0) === CMD_UNLINK) {
      unlink(sequence, buffer.readUInt32BE(20));
      return buffer.subarray(HEADER);
    }
    const isIn = buffer.readUInt32BE(12) === 1;
    const length = buffer.readUInt32BE(24);
    const end = HEADER + (isIn ? 0 : length);
    if (buffer.length < end) return null;
    const urb = {
      sequence,
      length,
      endpoint: buffer.readUInt32BE(16),
      bytes: Uint8Array.from(buffer.subarray(HEADER, end)),
    };
    if (urb.endpoint !== 0) isIn ? serveIn(urb) : serveOut(urb);
    else serveControl(urb, isIn, readSetup(buffer.subarray(40, HEADER), urb.bytes));
    return buffer.subarray(end);
  };

  return {
    wrong,
    async plug() {
      if (socket !== null) return;
      const current = connect(usbPort, '127.0.0.1');
      socket = current;
      sent = 0;
      held = [];
      unsent.clear();
      asked.clear();
      current.setNoDelay(true);
      current.on('error', () => current.destroy());
      let buffer: Buffer = Buffer.alloc(0);
      current.on('data', (chunk) => {
        buffer = Buffer.concat([buffer, Buffer.from(chunk)]);
        for (let rest = takeMessage(buffer); rest !== null; rest = takeMessage(buffer)) buffer = rest;
      });
      await within(5_000, 'the guest’s USB port', once(current, 'connect'));
      const from = current.localPort ?? 0;
      inSocket = control.plugged(from);
      inSocket.catch(() => {});
      outOfSocket = () => control.unplugged(from);
    },
    async unplug() {
      const current = socket;
      if (current === null) return;
      // What is pulled before the guest has it may never be seen to have been there.
      await inSocket;
      socket = null;
      current.destroy();
      await outOfSocket();
    },
    send(endpoint, bytes) {
      const to = socket;
      const nowMs = performance.now();
      dueMs = Math.max(dueMs, nowMs + wrong.lateMs);
      if (dueMs <= nowMs) offer(endpoint, bytes);
      else setTimeout(() => socket === to && offer(endpoint, bytes), dueMs - nowMs);
    },
    release() {
      wrong.holdOutput = false;
      const waiting = held;
      held = [];
      for (const urb of waiting) serveOut(urb);
    },
  };
}

function readSetup(bytes: Buffer, data: Uint8Array): Setup {
  return {
    ...{ type: bytes.readUInt8(0), request: bytes.readUInt8(1), value: bytes.readUInt16LE(2) },
    ...{ index: bytes.readUInt16LE(4), length: bytes.readUInt16LE(6), data },
  };
}

/** Whether an endpoint is halted, and the end of that; null where it is neither. */
function endpointRequest(halted: Set<number>, { type, request, value, index }: Setup): Uint8Array | null {
  const [GET_STATUS, CLEAR_FEATURE, ENDPOINT_HALT] = [0, 1, 0];
  if (type === 0x82 && request === GET_STATUS) return Uint8Array.of(halted.has(index) ? 1 : 0, 0);
  if (type !== 0x02 || request !== CLEAR_FEATURE || value !== ENDPOINT_HALT) return null;
  halted.delete(index);
  return new Uint8Array();
}

/** The requests that every device answers (USB 2.0 section 9.4); null where it is none of them. */
function standard({ identity, kind, interfaces }: UsbModel, { type, request, value }: Setup): Uint8Array | null {
  const [DEVICE_IN, DEVICE_OUT, INTERFACE_OUT, ENDPOINT_OUT] = [0x80, 0x00, 0x01, 0x02];
  if (type === DEVICE_IN && request === 6) {
    if (value >> 8 === 1) return deviceDescriptor(identity, kind);
    if (value >> 8 === 2) return configurationDescriptor(interfaces);
    if (value >> 8 === 3) return stringDescriptor(identity, value & 0xff);
    return null;
  }
  if ((type & 0x7f) <= ENDPOINT_OUT && (type & 0x80) !== 0 && request === 0) return Uint8Array.of(0, 0);
  const isSet =
    (type === DEVICE_OUT && (request === 9 || request === 5)) ||
    (type === INTERFACE_OUT && request === 11) ||
    (type <= ENDPOINT_OUT && (request === 1 || request === 3));
  return isSet ? new Uint8Array() : null;
}

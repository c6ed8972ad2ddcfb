import { concatBytes } from '../link.ts';
import type { Send, SimulatedDevice } from './simulated-device.ts';

/** What can go wrong on the wire or in the device. `none` is normal working. */
export const faultKinds = ['none', 'silence', 'garbage', 'slow', 'half_answer', 'echo', 'wrong_checksum'] as const;

/** One of {@link faultKinds}. Unplugging is not a fault of the device but of the cable: the host of the simulator does it. */
export type FaultKind = (typeof faultKinds)[number];

/** A simulated device whose answers, and what it sends by itself, can be spoilt on command. */
export interface FaultyDevice extends SimulatedDevice {
  /** The fault from now on; with `count`, only for the next `count` answers. */
  setFault(kind: FaultKind, count?: number): void;
}

/** How late a `slow` answer comes: longer than a driver waits for the answer to a question that needs no rest of the device. */
export const SLOW_ANSWER_MS = 3_000;

/** Puts a switchable fault between `device` and the wire. `random` gives numbers in [0, 1), for repeatable garbage. */
export function withFaults(device: SimulatedDevice, random: () => number): FaultyDevice {
  const { beat } = device;
  let fault: FaultKind = 'none';
  let remaining = Number.POSITIVE_INFINITY;

  const current = (): FaultKind => {
    if (fault === 'none') return 'none';
    if (remaining <= 0) fault = 'none';
    else remaining -= 1;
    return fault;
  };

  const spoilt = (bytes: Uint8Array, kind: FaultKind): Uint8Array | null => {
    switch (kind) {
      case 'none':
      case 'echo':
      case 'slow':
        return bytes;
      case 'silence':
        return null;
      case 'half_answer':
        return bytes.subarray(0, Math.floor(bytes.length / 2));
      case 'garbage':
        return Uint8Array.from(bytes, () => Math.floor(random() * 256));
      case 'wrong_checksum':
        return Uint8Array.from(bytes, (byte, index) => (index === bytes.length - 1 ? byte ^ 0x55 : byte));
    }
  };

  const answerThrough = (bytes: Uint8Array, delayMs: number, send: Send): void => {
    const kind = current();
    const answer = spoilt(bytes, kind);
    if (answer !== null) send(answer, kind === 'slow' ? delayMs + SLOW_ANSWER_MS : delayMs);
  };

  return {
    receive(bytes, send) {
      if (fault === 'echo' && remaining > 0) send(concatBytes(bytes));
      device.receive(bytes, (answer, delayMs = 0) => answerThrough(answer, delayMs, send));
    },
    powerOn: (send) => device.powerOn?.(send),
    state: () => device.state(),
    change: (change, send) => {
      if (device.change === undefined) throw new RangeError('nothing about this device can be changed by hand');
      device.change(change, (bytes, delayMs = 0) => send && answerThrough(bytes, delayMs, send));
    },
    ...(beat === undefined
      ? {}
      : {
          beat: {
            intervalMs: beat.intervalMs,
            tick: (send: Send) => beat.tick((bytes, delayMs = 0) => answerThrough(bytes, delayMs, send)),
          },
        }),
    view: (request) => {
      if (device.view === undefined) throw new RangeError('there is nothing to look at closely');
      return device.view(request);
    },
    setFault(kind, count) {
      fault = kind;
      remaining = count ?? Number.POSITIVE_INFINITY;
    },
  };
}

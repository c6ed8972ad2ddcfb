import { concatBytes } from '../link.ts';
import type { Send, SimulatedDevice } from './simulated-device.ts';

/** What can go wrong on the wire or in the device. `none` is normal working. */
export const faultKinds = ['none', 'silence', 'garbage', 'slow', 'half_answer', 'echo', 'wrong_checksum'] as const;

/** One of {@link faultKinds}. Unplugging is not a fault of the device but of the cable: the host of the simulator does it. */
export type FaultKind = (typeof faultKinds)[number];

/** A simulated device whose answers can be spoilt on command. */
export interface FaultyDevice extends SimulatedDevice {
  /** The fault from now on; with `count`, only for the next `count` answers. */
  setFault(kind: FaultKind, count?: number): void;
}

/** How late a `slow` answer comes. Longer than any reply time-out that a driver of ours uses. */
export const SLOW_ANSWER_MS = 3_000;

/** Puts a switchable fault between `device` and the wire. `random` gives numbers in [0, 1), for repeatable garbage. */
export function withFaults(device: SimulatedDevice, random: () => number): FaultyDevice {
  let fault: FaultKind = 'none';
  let remaining = Number.POSITIVE_INFINITY;

  const current = (): FaultKind => {
    if (fault === 'none') return 'none';
    if (remaining <= 0) fault = 'none';
    else remaining -= 1;
    return fault;
  };

  const spoil = (bytes: Uint8Array, delayMs: number, send: Send): void => {
    switch (current()) {
      case 'none':
      case 'echo':
        send(bytes, delayMs);
        return;
      case 'silence':
        return;
      case 'slow':
        send(bytes, delayMs + SLOW_ANSWER_MS);
        return;
      case 'half_answer':
        send(bytes.subarray(0, Math.floor(bytes.length / 2)), delayMs);
        return;
      case 'garbage':
        return send(
          Uint8Array.from(bytes, () => Math.floor(random() * 256)),
          delayMs,
        );
      case 'wrong_checksum': {
        const spoilt = Uint8Array.from(bytes);
        const last = spoilt.length - 1;
        spoilt[last] = (spoilt[last] ?? 0) ^ 0x55;
        send(spoilt, delayMs);
        return;
      }
    }
  };

  return {
    receive(bytes, send) {
      if (fault === 'echo') send(concatBytes(bytes));
      device.receive(bytes, (answer, delayMs = 0) => spoil(answer, delayMs, send));
    },
    powerOn: (send) => device.powerOn?.(send),
    state: () => device.state(),
    change: (change) => {
      if (device.change === undefined) throw new RangeError('nothing about this device can be changed by hand');
      device.change(change);
    },
    setFault(kind, count) {
      fault = kind;
      remaining = count ?? Number.POSITIVE_INFINITY;
    },
  };
}

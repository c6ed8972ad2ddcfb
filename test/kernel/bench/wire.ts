import type { SimulatedDevice } from '../../../drivers/kit/simulator/simulated-device.ts';

/** The device's end of a serial line, whatever carries it. */
export interface Wire {
  onData(listener: (bytes: Uint8Array) => void): void;
  write(bytes: Uint8Array): void;
}

/** Puts a simulated device at the end of a wire and switches it on; returns what stops its late answers. */
export function attachDevice(wire: Wire, device: SimulatedDevice): () => void {
  const late = new Set<NodeJS.Timeout>();
  const send = (bytes: Uint8Array, delayMs = 0) => {
    if (delayMs === 0) {
      wire.write(bytes);
      return;
    }
    const timer = setTimeout(() => {
      late.delete(timer);
      wire.write(bytes);
    }, delayMs);
    late.add(timer);
  };
  wire.onData((bytes) => device.receive(bytes, send));
  device.powerOn?.(send);
  return () => {
    for (const timer of late) clearTimeout(timer);
    late.clear();
  };
}

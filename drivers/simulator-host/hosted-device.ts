import { concatBytes, type JsonObject, toHex } from '../kit/index.ts';
import { type FaultKind, withFaults } from '../kit/simulator/faults.ts';
import type { SimulatorModel } from '../kit/simulator/simulated-device.ts';
import { openWire } from './open-wire.ts';
import { createPacedWire } from './pacing.ts';
import type { HostedDeviceSpec } from './spec.ts';
import type { HostedWire } from './wire.ts';

const TAIL_BYTES = 256;

/** A simulated device with its wire. It keeps its state while it is unplugged. */
export interface HostedDevice {
  readonly name: string;
  /** Resolves when the path exists; at once when it already does. */
  plug(): Promise<void>;
  /** Resolves when the path is gone. */
  unplug(): Promise<void>;
  setFault(kind: FaultKind, count?: number): void;
  change(change: JsonObject): void;
  state(): JsonObject;
  /** Throws when the device has nothing to look at closely, or not this. */
  view(request: JsonObject): JsonObject;
  describe(): JsonObject;
}

/** Makes a device, not plugged in yet. `random` is for its garbage. */
export function createHostedDevice(spec: HostedDeviceSpec, model: SimulatorModel, random: () => number): HostedDevice {
  const device = withFaults(model.create(spec.options), random);
  const delayed = new Set<NodeJS.Timeout>();
  let fault: FaultKind = 'none';
  let wire: HostedWire | null = null;
  let receivedCount = 0;
  let beating: NodeJS.Timeout | undefined;
  let tail: Uint8Array = new Uint8Array();
  /** Plugging and unplugging wait for each other. */
  let turn: Promise<void> = Promise.resolve();

  const toHost = createPacedWire(spec.baud_pacing, (bytes) => wire?.write(bytes));
  const send = (bytes: Uint8Array, delayMs = 0): void => {
    if (delayMs === 0) {
      toHost.push(bytes);
      return;
    }
    const timer = setTimeout(() => {
      delayed.delete(timer);
      toHost.push(bytes);
    }, delayMs);
    delayed.add(timer);
  };
  const toDevice = createPacedWire(spec.baud_pacing, (bytes) => device.receive(bytes, send));

  const received = (bytes: Uint8Array): void => {
    receivedCount += bytes.length;
    tail = concatBytes(tail, bytes).slice(-TAIL_BYTES);
    toDevice.push(bytes);
  };

  const stopTraffic = (): void => {
    for (const timer of delayed) clearTimeout(timer);
    delayed.clear();
    toHost.clear();
    toDevice.clear();
  };

  const plug = async (): Promise<void> => {
    if (wire !== null) return;
    const opened = await openWire(spec.path, received);
    wire = opened;
    void opened.closed.then(() => {
      if (wire !== opened) return;
      wire = null;
      clearInterval(beating);
    });
    device.powerOn?.(send);
    if (device.beat !== undefined) beating = setInterval(device.beat.tick, device.beat.intervalMs, send);
  };

  const unplug = async (): Promise<void> => {
    clearInterval(beating);
    stopTraffic();
    await wire?.close();
    wire = null;
  };

  const inTurn = (action: () => Promise<void>): Promise<void> => {
    const result = turn.then(action);
    turn = result.catch(() => {});
    return result;
  };

  return {
    name: spec.name,
    plug: () => inTurn(plug),
    unplug: () => inTurn(unplug),
    setFault(kind, count) {
      fault = kind;
      device.setFault(kind, count);
    },
    change: (change) => device.change?.(change, send),
    state: () => device.state(),
    view(request) {
      if (device.view === undefined) throw new RangeError('there is nothing to look at closely');
      return device.view(request);
    },
    describe: () => ({
      name: spec.name,
      listing: spec.listing,
      path: spec.path,
      plugged: wire !== null,
      fault,
      received_count: receivedCount,
      received_tail: toHex(tail, TAIL_BYTES),
      state: device.state(),
    }),
  };
}

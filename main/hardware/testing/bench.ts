import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { drivers } from '../../../drivers/index.ts';
import type { JsonObject } from '../../../drivers/kit/index.ts';
import { createHostedDevice, type HostedDevice } from '../../../drivers/simulator-host/hosted-device.ts';
import { createRandom } from '../../../drivers/simulator-host/random.ts';
import { simulatorModels } from '../../../drivers/simulators.ts';
import type { DeviceMemory, RememberedDevice } from '../device.ts';
import type { Binding, BindingState, DeviceEvent, DeviceSide } from '../device-side.ts';
import { createDeviceSide } from '../in-process-device-side.ts';
import { createPermitAuthority, type PermitAuthority } from '../permit.ts';
import { createCloningDeviceSide } from './cloning-device-side.ts';

const WAIT_MS = 5_000;

/** The real device side, behind a cloning boundary, over real PTYs with simulated devices at their far ends. */
export interface Bench {
  readonly side: DeviceSide;
  readonly permits: PermitAuthority;
  readonly events: readonly DeviceEvent[];
  readonly device: (name: string) => HostedDevice;
  readonly path: (name: string) => string;
  /** The id of the device at a port, or of a unit behind it. */
  readonly deviceId: (name: string, unit?: number) => Promise<string>;
  readonly bind: (
    name: string,
    listing: string,
    config?: JsonObject,
    more?: Partial<Binding> & { readonly unit?: number },
  ) => Promise<string>;
  /** Resolves when the binding is in this state; rejects when that takes too long. */
  readonly until: (connectorId: string, state: BindingState['state'], code?: string) => Promise<BindingState>;
  readonly nextEvent: (matches: (event: DeviceEvent) => boolean) => Promise<DeviceEvent>;
  readonly close: () => Promise<void>;
}

/** One wire of a bench. */
export interface BenchWire {
  readonly name: string;
  readonly listing: string;
  readonly options?: JsonObject;
  /** Default: a PTY in the bench's folder. */
  readonly path?: string;
  /** False: a test plugs it in, or (`hosted`) serves the path itself. */
  readonly plugged?: boolean;
  readonly hosted?: boolean;
  /** Bytes go both ways no faster than this. */
  readonly baudPacing?: number | null;
}

export async function openBench(
  wires: readonly BenchWire[],
  options: { readonly maxPorts?: number } = {},
): Promise<Bench> {
  const folder = mkdtempSync(join(tmpdir(), 'fe-sessions-'));
  const path = (name: string) => wires.find((wire) => wire.name === name)?.path ?? join(folder, name);
  const hosted = new Map<string, HostedDevice>();
  for (const [index, wire] of wires.entries()) {
    const { name, listing, options: own, plugged = true, baudPacing = null } = wire;
    if (wire.hosted === false) continue;
    const model = simulatorModels.find((one) => one.listing === listing);
    if (model === undefined) throw new Error(`no simulator for ${listing}`);
    const spec = {
      name,
      listing,
      path: path(name),
      options: JSON.parse(JSON.stringify(own ?? {})),
      baud_pacing: baudPacing,
    };
    const device = createHostedDevice(spec, model, createRandom(index + 1));
    hosted.set(name, device);
    if (plugged) await device.plug();
  }
  const permits = createPermitAuthority();
  const inner = createDeviceSide({
    drivers,
    paths: wires.map(({ name }) => ({ path: path(name), declared: {}, units: [], simulated: true })),
    discover: false,
    memory: createMemory(),
    permits,
    maxPorts: options.maxPorts ?? 8,
  });
  const side = createCloningDeviceSide(inner);
  const events: DeviceEvent[] = [];
  const waiting = new Set<(event: DeviceEvent) => void>();
  side.subscribe((event) => {
    events.push(event);
    for (const wake of [...waiting]) wake(event);
  });
  await side.start();

  const device = (name: string): HostedDevice => {
    const found = hosted.get(name);
    if (found === undefined) throw new Error(`no device ${name}`);
    return found;
  };
  const nextEvent = (matches: (event: DeviceEvent) => boolean) =>
    new Promise<DeviceEvent>((resolve, reject) => {
      const wake = (event: DeviceEvent) => {
        if (!matches(event)) return;
        clearTimeout(timer);
        waiting.delete(wake);
        resolve(event);
      };
      const timer = setTimeout(() => {
        waiting.delete(wake);
        reject(new Error(`the event did not come; so far ${JSON.stringify(events.slice(-8))}`));
      }, WAIT_MS);
      waiting.add(wake);
    });
  const deviceId = async (name: string, unit?: number): Promise<string> => {
    const port = (await side.devices()).find((one) => one.path === path(name) && one.unit === null);
    if (port === undefined) throw new Error(`no device at ${name}`);
    return unit === undefined ? port.id : (await side.ensureUnit({ deviceId: port.id, unit })).id;
  };

  return {
    side,
    permits,
    events,
    device,
    path,
    deviceId,
    async bind(name, listing, config = {}, { unit, ...more } = {}) {
      const connectorId = more.connectorId ?? `cn_${name}${unit === undefined ? '' : `_${unit}`}`;
      await side.bind({
        connectorId,
        connectorName: connectorId,
        listing,
        deviceId: await deviceId(name, unit),
        config: await side.checkConfig({ listing, config }),
        protocolSerial: null,
        ...more,
      });
      return connectorId;
    },
    async until(connectorId, state, code) {
      const fits = (binding: BindingState) =>
        binding.state === state &&
        (code === undefined || (binding.state === 'unavailable' && binding.error.code === code));
      const now = await side.bindingState({ connectorId });
      if (fits(now)) return now;
      const event = await nextEvent(
        (one) => one.type === 'binding_changed' && one.connectorId === connectorId && fits(one.binding),
      );
      if (event.type !== 'binding_changed') throw new Error('unreachable');
      return event.binding;
    },
    nextEvent,
    async close() {
      await side.close();
      for (const one of hosted.values()) await one.unplug();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function createMemory(): DeviceMemory {
  const kept = new Map<string, RememberedDevice>();
  return {
    load: async () => [...kept.values()],
    save: async (device) => void kept.set(device.id, structuredClone(device)),
    forget: async (deviceId) => void kept.delete(deviceId),
  };
}

let calls = 0;

/** A ticket of its own for each call. */
export function ticket(deadlineMs = 5_000): { readonly callId: string; readonly deadlineMs: number } {
  calls += 1;
  return { callId: `call_${calls}`, deadlineMs };
}

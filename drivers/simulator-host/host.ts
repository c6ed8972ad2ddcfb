import { AgentError, type JsonValue } from '../kit/index.ts';
import type { SimulatorModel } from '../kit/simulator/simulated-device.ts';
import type { ControlRequest } from './control-protocol.ts';
import { type ControlServer, serveControl } from './control-server.ts';
import { createHostedDevice, type HostedDevice } from './hosted-device.ts';
import { createRandom } from './random.ts';
import type { HostSpec } from './spec.ts';

/** A running host. */
export interface SimulatorHost {
  /** Resolves when the host has ended, by {@link SimulatorHost.close} or a client's `stop`. */
  readonly ended: Promise<void>;
  /** Unplugs everything and closes the control socket. Idempotent. */
  close(): Promise<void>;
}

/** Plugs in every device of `spec`, then serves its control socket. Rejects, with nothing left behind, when one can't be. */
export async function startSimulatorHost(spec: HostSpec, models: readonly SimulatorModel[]): Promise<SimulatorHost> {
  const devices = spec.devices.map((device, index) => {
    const model = models.find((one) => one.listing === device.listing);
    if (model === undefined) {
      throw new AgentError(
        'invalid_configuration',
        `No simulator speaks for listing ${device.listing} (${device.name}).`,
        {
          hint: `There are simulators for ${models.map((one) => one.listing).join(', ')}.`,
        },
      );
    }
    return createHostedDevice(device, model, createRandom(spec.seed + index));
  });
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  const unplugAll = async (): Promise<void> => {
    await Promise.all(devices.map((device) => device.unplug()));
  };
  const handle = async (request: ControlRequest): Promise<JsonValue> => {
    if (request.method === 'stop') {
      await unplugAll();
      setImmediate(() => void close());
      return null;
    }
    return control(devices, request);
  };

  const server: ControlServer = await serveControl(spec.control_socket, handle);
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closing ??= unplugAll()
      .then(() => server.close())
      .then(end);
    return closing;
  };
  try {
    await Promise.all(devices.map((device) => device.plug()));
  } catch (error) {
    await close();
    throw error;
  }
  return { ended, close };
}

async function control(
  devices: readonly HostedDevice[],
  request: Exclude<ControlRequest, { method: 'stop' }>,
): Promise<JsonValue> {
  if (request.method === 'list') return devices.map((device) => device.describe());
  const device = devices.find((one) => one.name === request.name);
  if (device === undefined) throw new RangeError(`no simulated device is called ${request.name}`);
  switch (request.method) {
    case 'plug':
      await device.plug();
      return null;
    case 'unplug':
      await device.unplug();
      return null;
    case 'fault':
      device.setFault(request.kind, request.count);
      return null;
    case 'change':
      device.change(request.change);
      return device.state();
    case 'state':
      return device.state();
    case 'view':
      return device.view(request.request);
  }
}

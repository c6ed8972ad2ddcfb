import { AgentError } from '../../../drivers/kit/index.ts';
import { cancellable } from '../calls/cancellation.ts';
import { identifyDevice } from '../devices/identify.ts';
import type { Records } from './records.ts';
import type { ConnectorService } from './service.ts';

type DeviceMethods = Pick<
  ConnectorService,
  | 'listings'
  | 'devices'
  | 'device'
  | 'identify'
  | 'checkAddress'
  | 'addDevice'
  | 'removeDevice'
  | 'confirmDevice'
  | 'ownerOf'
>;

/** Longer than a connection may take to be made. */
const CHECK_DEADLINE_MS = 10_000;

/** Devices, before and beside being connectors. */
export function deviceMethods({ deviceSide, directory, devices, catalogue, log }: Records): DeviceMethods {
  return {
    listings: async () => catalogue.all(),
    devices: () => devices.refresh(),
    async device(deviceId) {
      await devices.refresh();
      return requireDevice(devices.find(deviceId), deviceId);
    },
    async identify({ deviceId, ...request }) {
      await devices.refresh();
      return identifyDevice({ deviceSide, directory }, requireDevice(devices.find(deviceId), deviceId), request);
    },
    checkAddress: (address, signal) =>
      cancellable(deviceSide, signal, CHECK_DEADLINE_MS, (ticket) => deviceSide.checkAddress({ address, ...ticket })),
    async addDevice(address, caller) {
      const device = await deviceSide.addAddress({ address });
      devices.put(device);
      log.info({ device: device.id, path: device.path, by: caller.id }, 'A device on the network was added');
      return device;
    },
    async removeDevice(deviceId, caller) {
      const known = await devices.refresh();
      const { path } = requireDevice(devices.find(deviceId), deviceId);
      const behind = known.filter(({ id, parent }) => id === deviceId || parent === deviceId);
      for (const { id } of behind) {
        const owner = directory.byDevice(id);
        if (owner !== null) throw inUse(path, owner.name);
      }
      await deviceSide.removeAddress({ deviceId });
      log.info({ device: deviceId, path, by: caller.id }, 'A device on the network was removed');
    },
    async confirmDevice(deviceId, caller) {
      const device = await deviceSide.confirm({ deviceId });
      devices.put(device);
      log.info({ device: deviceId, by: caller.id }, 'A device was confirmed');
      return device;
    },
    ownerOf(deviceId) {
      const owner = directory.byDevice(deviceId);
      return owner === null ? null : { id: owner.id, name: owner.name };
    },
  };
}

function inUse(path: string, connectorName: string): AgentError {
  return new AgentError('state_conflict', `The device at ${path} is used by the connector ${connectorName}.`, {
    hint: 'Uninstall that connector first.',
  });
}

function requireDevice<T>(device: T | null, deviceId: string): T {
  if (device !== null) return device;
  throw new AgentError('not_found', `There is no device ${deviceId}.`, { hint: 'List the devices to see their ids.' });
}

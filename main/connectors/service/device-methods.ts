import { AgentError } from '../../../drivers/kit/index.ts';
import { identifyDevice } from '../devices/identify.ts';
import type { Records } from './records.ts';
import type { ConnectorService } from './service.ts';

type DeviceMethods = Pick<
  ConnectorService,
  'listings' | 'devices' | 'device' | 'identify' | 'confirmDevice' | 'ownerOf'
>;

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

function requireDevice<T>(device: T | null, deviceId: string): T {
  if (device !== null) return device;
  throw new AgentError('not_found', `There is no device ${deviceId}.`, { hint: 'List the devices to see their ids.' });
}

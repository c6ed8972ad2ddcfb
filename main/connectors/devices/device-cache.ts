import type { Device, DeviceSide } from '../../hardware/index.ts';

/** The devices as last told, so that a connector can be shown without asking. */
export interface DeviceCache {
  find(deviceId: string): Device | null;
  all(): readonly Device[];
  put(device: Device): void;
  markAbsent(deviceId: string): void;
  /** Asks the device side for all of them. */
  refresh(): Promise<readonly Device[]>;
}

/** Makes an empty cache. */
export function createDeviceCache(deviceSide: DeviceSide): DeviceCache {
  const devices = new Map<string, Device>();
  return {
    find: (deviceId) => devices.get(deviceId) ?? null,
    all: () => [...devices.values()],
    put(device) {
      devices.set(device.id, device);
    },
    markAbsent(deviceId) {
      const device = devices.get(deviceId);
      if (device !== undefined) devices.set(deviceId, { ...device, present: false });
    },
    async refresh() {
      const current = await deviceSide.devices();
      devices.clear();
      for (const device of current) devices.set(device.id, device);
      return current;
    },
  };
}

import { z } from 'zod';
import { AgentError, type JsonObject } from '../../../drivers/kit/index.ts';
import { installRuleSchema } from '../../config/index.ts';
import type { Device, DeviceSide, ListingDescription } from '../../hardware/index.ts';
import type { Directory } from '../directory/directory.ts';
import type { DeviceCache } from './device-cache.ts';
import { type DeviceMatch, fitsListing, matchesDevice } from './device-match.ts';

/** Which device a connector's configuration means. */
export type DeviceChoice =
  | { readonly type: 'device'; readonly deviceId: string }
  /** Installed ahead of its device: nothing that matches is there yet. */
  | { readonly type: 'awaited' };

const choiceSchema = z.object({
  device: z.union([z.string().min(1), installRuleSchema.shape.match]),
  unit: z.int().min(0).max(255).optional(),
});

/** Settles `config.device` and `config.unit`. */
export interface DeviceChooser {
  /**
   * Rejects with `invalid_parameter` (a key is missing or unusable), `state_conflict` (the device has a connector other
   * than `forConnectorId`).
   */
  choose(listing: ListingDescription, config: JsonObject, forConnectorId: string | null): Promise<DeviceChoice>;
}

/** Over the devices as last told. */
export function createDeviceChooser(parts: {
  readonly deviceSide: DeviceSide;
  readonly devices: DeviceCache;
  readonly directory: Directory;
}): DeviceChooser {
  const { deviceSide, devices, directory } = parts;

  const settleUnit = async (device: Device, listing: ListingDescription, unit: number | undefined): Promise<string> => {
    if (!listing.bus) {
      if (unit !== undefined) throw unusable('config.unit', `${listing.id} is not for a bus`, 'Leave it out.');
      if (device.unit !== null) {
        throw unusable(
          'config.device',
          `${device.id} is an address on a bus, and ${listing.id} is not for one`,
          'Choose the port.',
        );
      }
      return device.id;
    }
    if (device.unit !== null) {
      if (unit === undefined || unit === device.unit) return device.id;
      throw unusable(
        'config.unit',
        `${device.id} is address ${device.unit}, not ${unit}`,
        'Leave it out, or choose the port.',
      );
    }
    if (unit === undefined) {
      throw unusable(
        'config.unit',
        `missing: ${listing.id} needs the address on the bus`,
        'Give the unit address of the device, as set on it.',
      );
    }
    const unitDevice = await deviceSide.ensureUnit({ deviceId: device.id, unit });
    devices.put(unitDevice);
    return unitDevice.id;
  };

  const bySearch = async (
    match: DeviceMatch,
    listing: ListingDescription,
    unit: number | undefined,
    own: string | null,
  ) => {
    const known = await devices.refresh();
    const found = known.filter(
      (device) => device.present && matchesDevice(device, match) && fitsListing(device, listing, unit !== undefined),
    );
    const free = found.filter((device) => (directory.byDevice(device.id)?.id ?? own) === own);
    if (found.length > 0 && free.length === 0) throw bound(directory, found[0]);
    if (free.length > 1) {
      throw unusable(
        'config.device',
        `${free.length} devices match: ${free.map((device) => `${device.id} (${device.path})`).join(', ')}`,
        'Give the id of one of them.',
      );
    }
    return free[0] ?? null;
  };

  return {
    async choose(listing, config, forConnectorId) {
      const parsed = choiceSchema.safeParse(config);
      if (!parsed.success) {
        const missing = config['device'] === undefined;
        const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ');
        throw unusable(
          missing || parsed.error.issues[0]?.path[0] === 'device' ? 'config.device' : 'config.unit',
          missing ? 'missing' : problems,
          'Give the id of a device (fibric-edge devices lists them), or what it can be known by: path, serial_number, product...',
        );
      }
      const { device: wanted, unit } = parsed.data;
      let device: Device | null;
      if (typeof wanted === 'string') {
        device = (await devices.refresh()).find((candidate) => candidate.id === wanted) ?? null;
        if (device === null)
          throw unusable('config.device', `there is no device ${wanted}`, 'fibric-edge devices lists them.');
        if (!listing.links.includes(device.bus)) {
          const links = listing.links.join(' or ');
          throw unusable(
            'config.device',
            `${listing.id} speaks over ${links}, and ${device.path} is ${device.bus}`,
            'Choose another device, or another listing.',
          );
        }
      } else {
        device = await bySearch(wanted, listing, unit, forConnectorId);
        if (device === null) return { type: 'awaited' };
      }
      if (device.obstacle !== undefined) {
        throw unusable('config.device', device.obstacle.message.replace(/\.$/, ''), device.obstacle.hint);
      }
      const deviceId = await settleUnit(device, listing, unit);
      const owner = directory.byDevice(deviceId);
      if (owner !== null && owner.id !== forConnectorId) throw bound(directory, devices.find(deviceId) ?? device);
      return { type: 'device', deviceId };
    },
  };
}

function unusable(key: string, problem: string, hint: string): AgentError {
  return new AgentError('invalid_parameter', `${key}: ${problem}.`, { hint, details: { parameter: key } });
}

function bound(directory: Directory, device: Device | undefined): AgentError {
  const owner = device === undefined ? null : directory.byDevice(device.id);
  return new AgentError(
    'state_conflict',
    `${device?.path ?? 'The device'} already has the connector ${owner === null ? '' : `${owner.name} (${owner.id})`}.`,
    { hint: 'Uninstall that one first, or choose another device.' },
  );
}

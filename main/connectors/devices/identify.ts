import { AgentError, type JsonObject } from '../../../drivers/kit/index.ts';
import type { Device, DeviceSide, IdentifyReport } from '../../hardware/index.ts';
import { cancellable } from '../calls/cancellation.ts';
import { driverSettings } from '../directory/connector-record.ts';
import type { Directory } from '../directory/directory.ts';

const IDENTIFY_DEADLINE_MS = 30_000;

/**
 * Asks a device who it is, as one listing's devices are asked. Listing and settings come from the request, else from the
 * connector that owns it, else from recognition. Rejects with `invalid_parameter` when none says which listing.
 */
export async function identifyDevice(
  parts: { readonly deviceSide: DeviceSide; readonly directory: Directory },
  device: Device,
  request: { readonly listing?: string; readonly config?: JsonObject; readonly signal: AbortSignal },
): Promise<IdentifyReport> {
  const { deviceSide, directory } = parts;
  const owner = directory.byDevice(device.id);
  const listing = request.listing ?? owner?.listing ?? device.recognition.listing;
  if (listing === null) {
    const candidates = device.recognition.candidates.map((candidate) => candidate.listing);
    throw new AgentError('invalid_parameter', `listing: missing, and ${device.path} does not say what it is.`, {
      hint: `Say as what to ask it${candidates.length === 0 ? '' : `: ${candidates.join(', ')}`}.`,
      details: { parameter: 'listing' },
    });
  }
  const own = owner !== null && owner.listing === listing ? owner.config : {};
  const config = await deviceSide.checkConfig({ listing, config: driverSettings({ ...own, ...request.config }) });
  return cancellable(deviceSide, request.signal, IDENTIFY_DEADLINE_MS, (ticket) =>
    deviceSide.identify({ deviceId: device.id, listing, config, ...ticket }),
  );
}

import { AgentError, type JsonObject } from '../../../drivers/kit/index.ts';
import type { Device, DeviceSide, IdentifyProgress, IdentifyReport } from '../../hardware/index.ts';
import { cancellable } from '../calls/cancellation.ts';
import { driverSettings } from '../directory/connector-record.ts';
import type { Directory } from '../directory/directory.ts';

const IDENTIFY_DEADLINE_MS = 30_000;
/** Every family in all its ways, each silent until its time is up. */
const UNKNOWN_DEADLINE_MS = 300_000;

/** What is asked, and as what. */
export interface IdentifyRequest {
  readonly listing?: string;
  readonly config?: JsonObject;
  readonly dryRun?: boolean;
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: IdentifyProgress) => void;
}

interface IdentifyParts {
  readonly deviceSide: DeviceSide;
  readonly directory: Directory;
}

/**
 * Asks a device who it is. As one listing's devices are asked where the request names it or a connector owns the device
 * (in its turn, with its settings); else as every family that can be asked without risk, on a free port. Rejects with
 * `invalid_parameter`, `state_conflict`, or what keeps the port closed.
 */
export async function identifyDevice(
  parts: IdentifyParts,
  device: Device,
  request: IdentifyRequest,
): Promise<IdentifyReport> {
  const { deviceSide, directory } = parts;
  const owner = directory.byDevice(device.id);
  const listing = request.listing ?? owner?.listing ?? null;
  if (listing === null) return identifyUnknown(parts, device, request);
  const found = device.found?.listing === listing ? device.found.config : {};
  const own = owner !== null && owner.listing === listing ? driverSettings(owner.config) : found;
  const config = await deviceSide.checkConfig({ listing, config: { ...own, ...driverSettings(request.config ?? {}) } });
  return cancellable(deviceSide, request.signal, IDENTIFY_DEADLINE_MS, (ticket) =>
    deviceSide.identify({ deviceId: device.id, listing, config, dryRun: request.dryRun ?? false, ...ticket }),
  );
}

async function identifyUnknown(
  { deviceSide }: IdentifyParts,
  device: Device,
  { config, dryRun = false, signal, onProgress = () => {} }: IdentifyRequest,
): Promise<IdentifyReport> {
  if (config !== undefined) {
    throw new AgentError('invalid_parameter', 'config: it belongs to a listing, and none is named.', {
      hint: 'Name the listing too, or leave both out: then each family is asked with its usual settings.',
      details: { parameter: 'config' },
    });
  }
  return cancellable(deviceSide, signal, UNKNOWN_DEADLINE_MS, async (ticket) => {
    const unfollow = deviceSide.subscribe((event) => {
      if (event.type === 'identify_progress' && event.callId === ticket.callId) onProgress(event.progress);
    });
    try {
      return await deviceSide.identifyUnknown({ deviceId: device.id, dryRun, ...ticket });
    } finally {
      unfollow();
    }
  });
}

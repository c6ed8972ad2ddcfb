import canonicalize from 'canonicalize';
import type { JsonObject } from '../../../drivers/kit/index.ts';
import { toInstant } from '../clock.ts';
import { driverSettings } from '../directory/connector-record.ts';
import { startingHealth } from '../health/health.ts';
import { placement, requireNoAuth, tryFirst } from './install.ts';
import type { InstallParts } from './install-parts.ts';
import { requireFreeName, requireName } from './names.ts';
import type { UpdateRequest } from './requests.ts';
import { releaseFirst } from './uninstall.ts';
import { updateSource } from './update-source.ts';

/**
 * Changes name and configuration; keys of `config` that are not given stay, a null goes back to its default. Another
 * device or other settings close the session and open a new one. Rejects as `install` does, and then nothing changed.
 */
export async function update(parts: InstallParts, connectorId: string, request: UpdateRequest): Promise<void> {
  const { deviceSide, directory, catalogue, chooser, health, clock } = parts;
  const before = directory.get(connectorId);
  const listing = catalogue.get(before.listing);
  if (request.auth !== undefined && before.kind === 'hardware') requireNoAuth(listing.id, request.auth);
  const name = request.name === undefined ? before.name : requireName(request.name);
  requireFreeName(directory, name, connectorId);

  const wanted = merge(before.config, request.config ?? {});
  if (before.kind === 'saas') return updateSource(parts, before, listing, request, name, wanted);
  const settings = await deviceSide.checkConfig({ listing: listing.id, config: driverSettings(wanted) });
  const config: JsonObject = { ...placement(wanted), ...settings };
  const moved = canonicalize(placement(config)) !== canonicalize(placement(before.config));
  const changed = moved || canonicalize(config) !== canonicalize(before.config);
  let { deviceId } = before;
  if (moved) {
    const choice = await chooser.choose(listing, config, connectorId);
    deviceId = choice.type === 'device' ? choice.deviceId : null;
  }
  requireFreeName(directory, name, connectorId);
  if (changed) await releaseFirst(parts, connectorId, before.deviceId);
  const otherDevice = deviceId !== before.deviceId;
  await directory.change(connectorId, { name, config, deviceId, ...(otherDevice ? { protocolSerial: null } : {}) });
  if (!changed && name === before.name) return;
  await deviceSide.unbind({ connectorId });
  if (changed) {
    health.start(connectorId, startingHealth(toInstant(clock.now()), health.state(connectorId)));
  }
  await tryFirst(parts, connectorId);
}

function merge(before: JsonObject, change: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries({ ...before, ...change }).filter(([, value]) => value !== null));
}

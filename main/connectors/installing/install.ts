import { AgentError, type JsonObject } from '../../../drivers/kit/index.ts';
import { toInstant } from '../clock.ts';
import type { DeviceCache } from '../devices/device-cache.ts';
import { type ConnectorRecord, driverSettings, unitOf } from '../directory/connector-record.ts';
import { startingHealth } from '../health/health.ts';
import { mintId } from '../ids.ts';
import { checkPolicy, initialPolicy } from '../policy/policy.ts';
import type { InstallExtra, InstallParts } from './install-parts.ts';
import { installSource } from './install-source.ts';
import { requireFreeName, requireName } from './names.ts';
import type { InstallRequest } from './requests.ts';
import { makeSlug } from './slug.ts';

/** How long the answer to an installation waits for the device's session to open. */
const OPEN_MS = 5_000;

/**
 * Stores a new connector and takes its device; policy `deny`. Rejects with `not_found`, `invalid_parameter`,
 * `state_conflict`, `invalid_configuration` (policy), for a software source as `installSource` does; then nothing is
 * stored. {@link tryFirst} comes next.
 */
export async function install(
  parts: InstallParts,
  request: InstallRequest,
  extra: InstallExtra = {},
): Promise<ConnectorRecord> {
  const { deviceSide, directory, catalogue, chooser, devices, health, clock } = parts;
  const listing = catalogue.get(request.listing);
  if (listing.status === 'early_access') throw earlyAccess(listing.id);
  if (listing.kind === 'saas') return installSource(parts, listing, request, extra);
  requireNoAuth(listing.id, request.auth);
  const name = requireName(request.name ?? listing.id);
  requireFreeName(directory, name, null);
  const asked = { ...foundFor(devices, listing.id, request.config), ...driverSettings(request.config) };
  const settings = await deviceSide.checkConfig({ listing: listing.id, config: asked });
  const choice = await chooser.choose(listing, request.config, null);
  const deviceId = choice.type === 'device' ? choice.deviceId : null;
  const device = deviceId === null ? null : devices.find(deviceId);
  const unit = unitOf(request.config, device);
  const link = device?.bus ?? null;
  const tools = await deviceSide.describeTools({ listing: listing.id, config: settings, unit, link });
  const policy = extra.policy === undefined ? initialPolicy : checkPolicy(extra.policy, name, tools);
  // Again, since another installation may have ended while the device was looked for.
  requireFreeName(directory, name, null);
  const at = toInstant(clock.now());
  const record: ConnectorRecord = {
    id: mintId('cn'),
    listing: listing.id,
    kind: 'hardware',
    name,
    slug: makeSlug(name, directory.hasSlug),
    deviceId,
    config: { ...placement(request.config), ...settings },
    authType: 'none',
    authHint: null,
    secretEntry: null,
    policy,
    protocolSerial: null,
    createdAt: at,
    tools,
  };
  const first = startingHealth(at, null);
  health.start(record.id, first);
  await directory.add(record, first.status, first.health, extra.alongside?.(record.id, record) ?? []);
  return record;
}

/** Binds a connector that was just stored and asks its device once, so that the answer says whether it works. Never rejects. */
export async function tryFirst({ binder, monitor }: InstallParts, connectorId: string): Promise<void> {
  await binder.bind(connectorId);
  await binder.opened(connectorId, OPEN_MS);
  monitor.watch(connectorId);
  await monitor.checkNow(connectorId, true);
}

/** What the named device was found to be set to, where it answered as this listing's: what is not given is that. */
function foundFor(devices: DeviceCache, listing: string, { device: id, unit }: JsonObject): JsonObject {
  const known = devices.all();
  const device = known.find((one) => one.id === id);
  const onBus = known.find((one) => unit !== undefined && one.parent === id && one.unit === unit);
  const port = known.find((one) => one.id === device?.parent);
  const found = [onBus, device, port].map((one) => one?.found).find((one) => one?.listing === listing);
  return found?.config ?? {};
}

/** What of a configuration says which device: `device` and `unit`. */
export function placement(config: JsonObject): JsonObject {
  const { device, unit } = config;
  return { ...(device === undefined ? {} : { device }), ...(unit === undefined ? {} : { unit }) };
}

function earlyAccess(listing: string): AgentError {
  return new AgentError('listing_early_access', `${listing} is in early access and can't be installed by yourself.`, {
    hint: 'Request access; it is provisioned with your team during onboarding.',
    details: { listing },
  });
}

/** Rejects with `invalid_parameter`: the listings of devices need no credentials. */
export function requireNoAuth(listing: string, auth: { readonly type: string }): void {
  if (auth.type === 'none') return;
  throw new AgentError('invalid_parameter', `auth.type: ${listing} needs no credentials, and ${auth.type} was given.`, {
    hint: 'Give {"type":"none"}.',
    details: { parameter: 'auth.type' },
  });
}

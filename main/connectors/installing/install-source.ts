import { AgentError, type JsonObject } from '../../../drivers/kit/index.ts';
import type { ListingDescription } from '../../hardware/index.ts';
import { type Credentials, hintOf, readCredentials } from '../../sources/index.ts';
import { toInstant } from '../clock.ts';
import type { ConnectorRecord } from '../directory/connector-record.ts';
import { startingHealth } from '../health/health.ts';
import { mintId } from '../ids.ts';
import { initialPolicy } from '../policy/policy.ts';
import type { InstallExtra, InstallParts } from './install-parts.ts';
import { requireFreeName, requireName } from './names.ts';
import type { InstallRequest } from './requests.ts';
import { makeSlug } from './slug.ts';

/** How long a source may take to say whether it takes the credentials. */
const TRIAL_MS = 20_000;

/** Faults that say nothing of the credentials: the source may be down for a while, as a device may be unplugged. */
const sayNothing = ['source_unreachable', 'source_busy', 'deadline_exceeded'] as const;

/**
 * Stores a connector of a software source with its secret in the vault; policy `deny`. Rejects with `listing_early_access`,
 * `invalid_parameter`, `missing_parameter`, `state_conflict`, `vault_unavailable`, `auth_failed` (the source rejected the
 * credentials) or what else the trial met, and then nothing is stored. A source that can't be reached is installed, as a
 * device that is unplugged is.
 */
export async function installSource(
  parts: InstallParts,
  listing: ListingDescription,
  request: InstallRequest,
  extra: InstallExtra,
): Promise<ConnectorRecord> {
  const { deviceSide, directory, health, secrets, clock } = parts;
  const credentials = readCredentials(listing.id, listing.auth.type, request.auth);
  const name = requireName(request.name ?? listing.id);
  requireFreeName(directory, name, null);
  const config = await deviceSide.checkConfig({ listing: listing.id, config: request.config });
  const tools = await deviceSide.describeTools({ listing: listing.id, config, unit: null, link: null });
  await secrets.check();
  await tryCredentials(parts, { name, listing: listing.id, config }, credentials).catch((error: unknown) => {
    if (!AgentError.is(error, ...sayNothing)) throw error;
  });
  // Again, since another installation may have ended meanwhile.
  requireFreeName(directory, name, null);
  const at = toInstant(clock.now());
  const id = mintId('cn');
  const staged = await secrets.stage(id, credentials);
  const record: ConnectorRecord = {
    id,
    listing: listing.id,
    kind: 'saas',
    name,
    slug: makeSlug(name, directory.hasSlug),
    deviceId: null,
    config,
    authType: credentials.type,
    authHint: hintOf(credentials),
    secretEntry: staged.entry,
    policy: initialPolicy,
    protocolSerial: null,
    createdAt: at,
    tools,
  };
  const first = startingHealth(at, null);
  health.start(id, first);
  try {
    const alongside = extra.alongside?.(id, record) ?? [];
    await directory.add(record, first.status, first.health, [staged.committed, ...alongside]);
  } catch (error) {
    health.forget(id);
    await staged.abandon();
    throw error;
  }
  return record;
}

/**
 * Asks the source whether it takes these credentials. Rejects as {@link InstallParts.deviceSide}'s `tryCredentials` does; an
 * address that must not be reached is `invalid_parameter`.
 */
export async function tryCredentials(
  { deviceSide }: Pick<InstallParts, 'deviceSide'>,
  connector: { readonly name: string; readonly listing: string; readonly config: JsonObject },
  credentials: Credentials,
): Promise<void> {
  try {
    await deviceSide.tryCredentials({
      connectorName: connector.name,
      listing: connector.listing,
      config: connector.config,
      credentials,
      callId: mintId('call'),
      deadlineMs: TRIAL_MS,
    });
  } catch (error) {
    if (!AgentError.is(error, 'target_refused')) throw error;
    throw new AgentError('invalid_parameter', `config.base_url: ${error.message}`, {
      ...(error.hint === undefined ? {} : { hint: error.hint }),
      details: { ...error.details, parameter: 'config.base_url' },
      cause: error,
    });
  }
}

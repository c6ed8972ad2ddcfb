import canonicalize from 'canonicalize';
import { AgentError, type JsonObject } from '../../../drivers/kit/index.ts';
import type { ListingDescription } from '../../hardware/index.ts';
import { hintOf, readCredentials } from '../../sources/index.ts';
import { toInstant } from '../clock.ts';
import type { ConnectorRecord } from '../directory/connector-record.ts';
import { startingHealth } from '../health/health.ts';
import { tryFirst } from './install.ts';
import type { InstallParts } from './install-parts.ts';
import { tryCredentials } from './install-source.ts';
import { requireFreeName } from './names.ts';
import type { UpdateRequest } from './requests.ts';

/**
 * Changes a connector of a software source. A new secret is tried before the old one is dropped; whatever the trial meets
 * rejects, and then nothing changed. Another address needs the secret again: else who may change settings could have the
 * stored one sent anywhere.
 */
export async function updateSource(
  parts: InstallParts,
  before: ConnectorRecord,
  listing: ListingDescription,
  request: UpdateRequest,
  name: string,
  wanted: JsonObject,
): Promise<void> {
  const { deviceSide, directory, health, secrets, clock } = parts;
  const credentials = request.auth === undefined ? null : readCredentials(listing.id, listing.auth.type, request.auth);
  const config = await deviceSide.checkConfig({ listing: listing.id, config: wanted });
  if (credentials === null && config['base_url'] !== before.config['base_url']) {
    throw new AgentError('missing_parameter', 'auth: another base_url needs the credentials again.', {
      hint: 'Give auth in the same request; the stored secret is only ever sent where it was given for.',
      details: { parameter: 'auth' },
    });
  }
  if (credentials !== null) {
    await secrets.check();
    await tryCredentials(parts, { name, listing: listing.id, config }, credentials);
  }
  requireFreeName(directory, name, before.id);
  const changed = credentials !== null || canonicalize(config) !== canonicalize(before.config);
  const old = before.secretEntry;
  if (credentials === null) {
    await directory.change(before.id, { name, config });
  } else {
    const staged = await secrets.stage(before.id, credentials);
    const { entry: secretEntry, committed } = staged;
    const alongside = old === null ? [committed] : [committed, secrets.dropped(before.id, old)];
    try {
      await directory.change(before.id, { name, config, secretEntry, authHint: hintOf(credentials) }, alongside);
    } catch (error) {
      await staged.abandon();
      throw error;
    }
  }
  if (!changed && name === before.name) return;
  await deviceSide.unbind({ connectorId: before.id });
  if (credentials !== null && old !== null) await secrets.drop(old);
  if (changed) health.start(before.id, startingHealth(toInstant(clock.now()), health.state(before.id)));
  await tryFirst(parts, before.id);
}

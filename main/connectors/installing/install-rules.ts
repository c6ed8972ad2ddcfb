import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { z } from 'zod';
import { AgentError } from '../../../drivers/kit/index.ts';
import type { InstallRule } from '../../config/index.ts';
import type { Device } from '../../hardware/index.ts';
import type { Database, Statement } from '../../store/index.ts';
import type { Caller } from '../caller.ts';
import { type Clock, toInstant } from '../clock.ts';
import { fitsListing, matchesDevice } from '../devices/device-match.ts';
import type { Directory } from '../directory/directory.ts';
import type { Log } from '../log.ts';
import type { Catalogue } from './catalogue.ts';
import type { InstallExtra } from './install-parts.ts';
import type { InstallRequest } from './requests.ts';

/** The only automatic installations (contract section 3). */
export interface InstallRules {
  /**
   * Installs for each present device that a rule matches and has not fired for. `again`: a rule's name, listing or id
   * whose earlier firings are forgotten first. Resolves with the ids of the new connectors. One run at a time.
   */
  apply(devices: readonly Device[], again?: string): Promise<readonly string[]>;
}

/** Which rule it is; a rule that changes is another one. */
export function ruleId(rule: InstallRule): string {
  return createHash('sha256')
    .update(canonicalize(rule) ?? '')
    .digest('hex')
    .slice(0, 32);
}

/** Over the configured rules. */
export function createInstallRules(parts: {
  readonly rules: readonly InstallRule[];
  readonly database: Database;
  readonly directory: Directory;
  readonly catalogue: Catalogue;
  readonly clock: Clock;
  readonly log: Log;
  /** Resolves with the new connector's id. */
  readonly install: (request: InstallRequest, caller: Caller, extra: InstallExtra) => Promise<string>;
}): InstallRules {
  const { database, directory, catalogue, clock, log } = parts;
  const rules = parts.rules.map((rule) => ({ rule, id: ruleId(rule) }));
  const firingRow = z.object({ rule: z.string(), device_id: z.string() });
  const fired = new Set(
    database.read(firingRow, 'SELECT rule, device_id FROM rule_firings').map((row) => `${row.rule}/${row.device_id}`),
  );
  /** Failures that were logged: a rule is tried again with each change of a device, but complains once. */
  const told = new Set<string>();
  let last: Promise<unknown> = Promise.resolve();

  const forget = async (again: string) => {
    const chosen = rules.filter(({ rule, id }) => [id, rule.name, rule.listing].includes(again));
    if (chosen.length === 0) {
      throw new AgentError('not_found', `No install rule is called ${again}.`, {
        hint: `Rules: ${rules.map(({ rule }) => rule.name ?? rule.listing).join(', ') || 'none are configured'}.`,
      });
    }
    for (const { id } of chosen) {
      await database.write([{ sql: 'DELETE FROM rule_firings WHERE rule = :rule', parameters: { rule: id } }]);
      for (const key of fired) if (key.startsWith(`${id}/`)) fired.delete(key);
    }
  };

  const freeName = (wanted: string) => {
    if (directory.byName(wanted) === null) return wanted;
    for (let number = 2; ; number += 1) {
      const name = `${wanted} ${number}`;
      if (directory.byName(name) === null) return name;
    }
  };

  const firingStatement = (ruleOf: string, device: Device, connectorId: string): Statement => ({
    sql: `INSERT INTO rule_firings (rule, device_id, connector_id, fired_at) VALUES (:rule, :device_id, :connector_id, :at)
          ON CONFLICT (rule, device_id) DO UPDATE SET connector_id = excluded.connector_id, fired_at = excluded.fired_at`,
    parameters: { rule: ruleOf, device_id: device.id, connector_id: connectorId, at: toInstant(clock.now()) },
  });

  const fire = async (rule: InstallRule, id: string, device: Device): Promise<string> => {
    const caller: Caller = { id: `rule:${id}`, kind: 'rule', name: `install rule ${rule.name ?? rule.listing}` };
    const connectorId = await parts.install(
      {
        listing: rule.listing,
        name: freeName(rule.name ?? rule.listing),
        auth: { type: 'none' },
        config: { ...rule.config, device: device.id },
      },
      caller,
      {
        ...(rule.policy === undefined ? {} : { policy: rule.policy }),
        alongside: (connectorId) => [firingStatement(id, device, connectorId)],
      },
    );
    fired.add(`${id}/${device.id}`);
    return connectorId;
  };

  const run = async (devices: readonly Device[], again: string | undefined) => {
    if (again !== undefined) await forget(again);
    const installed: string[] = [];
    for (const { rule, id } of rules) {
      const known = catalogue.all().find((listing) => listing.id === rule.listing);
      for (const device of devices) {
        if (known === undefined || !device.present || fired.has(`${id}/${device.id}`)) continue;
        if (!matchesDevice(device, rule.match) || !fitsListing(device, known, rule.config['unit'] !== undefined))
          continue;
        if (directory.byDevice(device.id) !== null) continue;
        try {
          installed.push(await fire(rule, id, device));
        } catch (error) {
          const { code, message } = AgentError.from(error);
          const fault = `${id}/${device.id}/${code}`;
          if (told.has(fault)) continue;
          told.add(fault);
          log.error({ code, rule: rule.name ?? rule.listing, device: device.id }, `An install rule failed: ${message}`);
        }
      }
      if (known === undefined) {
        if (told.has(id)) continue;
        told.add(id);
        log.error(
          { rule: rule.name ?? rule.listing },
          `An install rule names ${rule.listing}, which is no listing here`,
        );
      }
    }
    return installed;
  };

  return {
    apply(devices, again) {
      const next = last.then(() => run(devices, again));
      last = next.catch(() => {});
      return next;
    },
  };
}

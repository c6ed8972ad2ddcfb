import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { AgentError } from '../../../drivers/kit/index.ts';
import type { Credentials } from '../../sources/index.ts';
import type { Database, Statement } from '../../store/index.ts';
import type { Vault } from '../../vault/index.ts';
import { type Clock, toInstant } from '../clock.ts';
import type { Directory } from '../directory/directory.ts';
import type { Log } from '../log.ts';

/** A secret that is in the vault already and belongs to nobody yet. */
export interface StagedSecret {
  readonly entry: string;
  /** To be written in the commit that makes it a connector's. */
  readonly committed: Statement;
  /** Takes it out of the vault again. Never rejects: what fails is done at the next start. */
  abandon(): Promise<void>;
}

/**
 * The secrets of connectors, in the vault. Vault and database can't be written at once, so each change is noted first
 * (`secret_changes`), and a start after a crash finishes or undoes it: no secret stays that no connector uses, and no
 * connector is left without its own. An entry is written once and never changed; a new secret gets a new entry.
 */
export interface ConnectorSecrets {
  /** Rejects with `vault_unavailable`. */
  check(): Promise<void>;
  /** Puts a secret into the vault. Rejects with `vault_unavailable`, and then nothing is there. */
  stage(connectorId: string, credentials: Credentials): Promise<StagedSecret>;
  /** To be written in the commit after which a connector no longer uses this entry. */
  dropped(connectorId: string, entry: string): Statement;
  /** Takes out what {@link ConnectorSecrets.dropped} noted. Never rejects: what fails is done at the next start. */
  drop(entry: string): Promise<void>;
  /**
   * Takes a connector's secret out of the vault, then runs `remove`, which writes what it is given in its commit. Rejects
   * with `vault_unavailable`, and then nothing was removed.
   */
  uninstall(connectorId: string, entry: string, remove: (committed: Statement) => Promise<void>): Promise<void>;
  /**
   * Finishes what a stopped agent left. Never rejects; what the vault does not let it do waits for the next time.
   */
  reconcile(finish: FinishSecrets): Promise<void>;
}

/** What {@link ConnectorSecrets.reconcile} leaves to others. */
export interface FinishSecrets {
  /** Removes a connector whose uninstallation had begun. */
  uninstall(connectorId: string, committed: Statement): Promise<void>;
  /** The connector's secret is in another entry than it was bound with. */
  rebind(connectorId: string): Promise<void>;
}

const changeRow = z.object({
  entry: z.string(),
  connector_id: z.string(),
  purpose: z.enum(['store', 'drop', 'uninstall']),
});

/** Over the vault and the database that says which entry is whose. */
export function openConnectorSecrets(parts: {
  readonly vault: Vault;
  readonly database: Database;
  readonly directory: Directory;
  readonly clock: Clock;
  readonly log: Log;
}): ConnectorSecrets {
  const { vault, database, directory, clock, log } = parts;

  const note = (entry: string, connectorId: string, purpose: z.output<typeof changeRow>['purpose']): Statement => ({
    sql: `INSERT INTO secret_changes (entry, connector_id, purpose, at) VALUES (:entry, :connector_id, :purpose, :at)
          ON CONFLICT (entry) DO UPDATE SET purpose = excluded.purpose, at = excluded.at`,
    parameters: { entry, connector_id: connectorId, purpose, at: toInstant(clock.now()) },
  });
  const forget = (entry: string): Statement => ({
    sql: 'DELETE FROM secret_changes WHERE entry = :entry',
    parameters: { entry },
  });
  const purge = async (entry: string): Promise<void> => {
    await vault.delete(entry);
    await database.write([forget(entry)]);
  };
  const purgeOrLater = async (entry: string): Promise<void> => {
    try {
      await purge(entry);
    } catch (error) {
      const { code, message } = AgentError.from(error);
      log.warn(
        { code, entry },
        `A secret that is not used any more stays in the vault until the next start: ${message}`,
      );
    }
  };

  const reconcileOne = async (
    { entry, connector_id: connectorId, purpose }: z.output<typeof changeRow>,
    finish: FinishSecrets,
  ): Promise<void> => {
    const owner = directory.find(connectorId);
    if (purpose === 'uninstall' && owner !== null) {
      await vault.delete(entry);
      await finish.uninstall(connectorId, forget(entry));
      return;
    }
    if (owner?.secretEntry === entry) {
      await database.write([forget(entry)]);
      return;
    }
    // A power cut may take back the last commits of the database, but nothing of the vault: then the newer one is its secret.
    const lost = owner?.secretEntry != null && (await vault.get(owner.secretEntry)) === null;
    if (purpose === 'store' && lost && (await vault.get(entry)) !== null) {
      await directory.change(connectorId, { secretEntry: entry }, [forget(entry)]);
      await finish.rebind(connectorId);
      return;
    }
    await purge(entry);
  };

  return {
    check: () => vault.check(),
    async stage(connectorId, credentials) {
      const entry = `${connectorId}/auth/${randomBytes(8).toString('hex')}`;
      await database.write([note(entry, connectorId, 'store')]);
      try {
        await vault.set(entry, JSON.stringify(credentials));
      } catch (error) {
        await purgeOrLater(entry);
        throw error;
      }
      return { entry, committed: forget(entry), abandon: () => purgeOrLater(entry) };
    },
    dropped: (connectorId, entry) => note(entry, connectorId, 'drop'),
    drop: purgeOrLater,
    async uninstall(connectorId, entry, remove) {
      await database.write([note(entry, connectorId, 'uninstall')]);
      try {
        await vault.delete(entry);
      } catch (error) {
        await database.write([forget(entry)]);
        throw error;
      }
      await remove(forget(entry));
    },
    async reconcile(finish) {
      const rows = database.read(
        changeRow,
        'SELECT entry, connector_id, purpose FROM secret_changes ORDER BY at, rowid',
      );
      for (const row of rows) {
        try {
          await reconcileOne(row, finish);
        } catch (error) {
          const { code, message } = AgentError.from(error);
          log.warn({ code, entry: row.entry }, `A change of a secret could not be finished yet: ${message}`);
        }
      }
    },
  };
}

import { AgentError, type Resolution } from '../../../drivers/kit/index.ts';
import type { DeviceSide } from '../../hardware/index.ts';
import type { Clock } from '../clock.ts';
import { mintId } from '../ids.ts';
import type { Log } from '../log.ts';
import type { Refusal } from './intent.ts';
import type { Journal } from './journal.ts';

/** How long asking a device about one doubtful effect may take, the wait for its turn included. */
const ASK_MS = 15_000;
/** How long a device that could not tell is left alone. */
const PATIENCE_MS = 30_000;

/** Settles doubtful effects by asking the device, harmlessly (contract section 1). */
export interface UnresolvedEffects {
  /** In an open turn: asks about each; the first that stays in doubt is the refusal. */
  clear(turnId: string, deviceId: string): Promise<Refusal | null>;
  /**
   * In a turn of its own, in the background; one at a time for each device, and a device that could not tell is left
   * alone for a while unless it has just come back. Never rejects.
   */
  askLater(connectorId: string, deviceId: string, options: { readonly justBack: boolean }): Promise<void>;
  /** Resolves when nothing is being asked. */
  idle(): Promise<void>;
}

/** Over the journal, which knows what is in doubt. */
export function createUnresolvedEffects(parts: {
  readonly deviceSide: DeviceSide;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly log: Log;
}): UnresolvedEffects {
  const { deviceSide, journal, clock, log } = parts;
  const askedAtMs = new Map<string, number>();
  const asking = new Map<string, Promise<void>>();

  const ask = async (turnId: string, journalId: string): Promise<Resolution> => {
    const { tool, plan, witness } = journal.row(journalId);
    if (witness === null) return { happened: 'unknown', reason: 'there is no record of how things were before' };
    try {
      return await deviceSide.resolve({ turnId, tool, plan, witness });
    } catch (error) {
      return { happened: 'unknown', reason: AgentError.from(error).message };
    }
  };

  const clear = async (turnId: string, deviceId: string): Promise<Refusal | null> => {
    for (const journalId of journal.unresolvedOn(deviceId)) {
      const resolution = await ask(turnId, journalId);
      if (resolution.happened === 'unknown') return unresolvedRefusal(journal, journalId, resolution.reason);
      try {
        await journal.resolved(journalId, resolution);
      } catch (error) {
        // Settled by a person meanwhile: no longer in doubt.
        if (!AgentError.is(error, 'state_conflict')) throw error;
      }
    }
    return null;
  };

  return {
    clear,
    askLater(connectorId, deviceId, { justBack }) {
      if (journal.unresolvedOn(deviceId).length === 0) return Promise.resolve();
      const already = asking.get(deviceId);
      if (already !== undefined) return already;
      const sinceMs = clock.monotonicMs() - (askedAtMs.get(deviceId) ?? Number.NEGATIVE_INFINITY);
      if (!justBack && sinceMs < PATIENCE_MS) return Promise.resolve();
      askedAtMs.set(deviceId, clock.monotonicMs());
      const run = async () => {
        const { turnId } = await deviceSide.openTurn({ connectorId, callId: mintId('call'), deadlineMs: ASK_MS });
        try {
          await clear(turnId, deviceId);
        } finally {
          await deviceSide.closeTurn({ turnId });
        }
      };
      const done = run()
        .catch((error: unknown) => {
          log.warn(
            { code: AgentError.from(error).code, device: deviceId },
            'A doubtful action could not be asked about',
          );
        })
        .finally(() => asking.delete(deviceId));
      asking.set(deviceId, done);
      return done;
    },
    async idle() {
      await Promise.allSettled(asking.values());
    },
  };
}

function unresolvedRefusal(journal: Journal, journalId: string, why: string): Refusal {
  const { summary, connector_name: name } = journal.row(journalId);
  return {
    reason: 'unresolved_effect',
    error: new AgentError(
      'refused',
      `It is not known whether an earlier action happened at ${name} (${summary}; ${why}). Nothing was sent.`,
      {
        hint: `Look at the device, then say what you saw: fibric-edge journal settle ${journalId}`,
        details: { reason: 'unresolved_effect', journal_id: journalId },
      },
    ),
  };
}

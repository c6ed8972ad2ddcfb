import { z } from 'zod';
import { AgentError } from '../../drivers/kit/index.ts';
import type { Database } from '../store/index.ts';
import { type Clock, systemClock } from './clock.ts';
import { inTurns } from './in-turns.ts';
import { createPinTries, makePinRecord, type PinRecord, pinRecordSchema, putSetting } from './pin-record.ts';

const PIN_SETTING = 'approval_pin';
const ATTEMPTS_SETTING = 'approval_pin_attempts';

/** The PIN that a person at this machine gives with an approval, where one is set. */
export interface ApprovalPin {
  isSet(): boolean;
  /**
   * Resolves when no PIN is set or this is it. Rejects with `pin_required`, `pin_incorrect`, or `rate_limited` while a
   * delay after wrong tries runs, which grows and outlives a restart.
   */
  require(pin: string | undefined): Promise<void>;
  /** Sets, changes or, with null, removes it; `current` has to be the one that is set. Rejects as {@link ApprovalPin.require}. */
  change(pin: string | null, current: string | undefined): Promise<void>;
}

/** Over `state.db`, which keeps a salted scrypt hash and the wrong tries; never the PIN. */
export function createApprovalPin({
  state,
  clock = systemClock,
}: {
  readonly state: Database;
  readonly clock?: Clock;
}): ApprovalPin {
  const inTurn = inTurns();
  const tries = createPinTries({ state, clock, setting: ATTEMPTS_SETTING, nothingDone: 'Nothing was decided.' });

  const read = (): PinRecord | null => {
    const [found] = state.read(z.object({ value: z.string() }), 'SELECT value FROM settings WHERE key = :key', {
      key: PIN_SETTING,
    });
    return found === undefined ? null : pinRecordSchema.parse(JSON.parse(found.value));
  };

  const check = async (pin: string | undefined): Promise<void> => {
    const kept = read();
    if (kept === null) return;
    if (pin === undefined) {
      throw new AgentError('pin_required', 'Approvals on this machine need the PIN. Nothing was decided.', {
        hint: 'Give the PIN that was set with: fibric-edge approvals pin set',
      });
    }
    await tries.try(pin, kept);
  };

  return {
    isSet: () => read() !== null,
    require: (pin) => inTurn(() => check(pin)),
    change: (pin, current) =>
      inTurn(async () => {
        await check(current);
        await state.write([
          pin === null
            ? { sql: 'DELETE FROM settings WHERE key = :key', parameters: { key: PIN_SETTING } }
            : putSetting(PIN_SETTING, await makePinRecord(pin)),
        ]);
        await tries.reset();
      }),
  };
}

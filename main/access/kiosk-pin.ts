import { AgentError } from '../../drivers/kit/index.ts';
import type { Database } from '../store/index.ts';
import { type Clock, systemClock } from './clock.ts';
import { inTurns } from './in-turns.ts';
import { createPinTries, makePinRecord, pinRecordSchema } from './pin-record.ts';

const VAULT_ENTRY = 'kiosk/pin';
const ATTEMPTS_SETTING = 'kiosk_pin_attempts';

/** What keeps the record of the PIN: the vault. Each may reject with `vault_unavailable`. */
export interface PinKeeper {
  get(entry: string): Promise<string | null>;
  set(entry: string, secret: string): Promise<void>;
  delete(entry: string): Promise<void>;
}

/** The PIN that a screen in kiosk mode is left with. */
export interface KioskPin {
  isSet(): Promise<boolean>;
  /** Resolves when this is it. Rejects with `pin_required` while none is set, `pin_incorrect`, `rate_limited`, `vault_unavailable`. */
  unlock(pin: string): Promise<void>;
  /** Sets, changes or, with null, removes it; `current` has to be the one that is set. Rejects as {@link KioskPin.unlock}. */
  change(pin: string | null, current: string | undefined): Promise<void>;
}

/**
 * The vault keeps a salted hash, `state.db` the wrong tries. Other than with approvals, a vault that is locked keeps
 * people in: a kiosk that opens when its secrets are gone would be none.
 */
export function createKioskPin({
  vault,
  state,
  clock = systemClock,
}: {
  readonly vault: PinKeeper;
  readonly state: Database;
  readonly clock?: Clock;
}): KioskPin {
  const inTurn = inTurns();
  const tries = createPinTries({ state, clock, setting: ATTEMPTS_SETTING, nothingDone: 'The screen stays locked.' });
  const read = async () => {
    const kept = await vault.get(VAULT_ENTRY);
    return kept === null ? null : pinRecordSchema.parse(JSON.parse(kept));
  };
  const missing = (message: string) =>
    new AgentError('pin_required', message, { hint: 'Set one on this machine with: fibric-edge kiosk pin set' });
  return {
    isSet: async () => (await read()) !== null,
    unlock: (pin) =>
      inTurn(async () => {
        const kept = await read();
        if (kept === null) throw missing('No PIN is set, so kiosk mode can not be left from the screen.');
        await tries.try(pin, kept);
      }),
    change: (pin, current) =>
      inTurn(async () => {
        const kept = await read();
        if (kept !== null) {
          if (current === undefined) throw new AgentError('pin_required', 'The PIN that is set has to be given.');
          await tries.try(current, kept);
        }
        if (pin === null) await vault.delete(VAULT_ENTRY);
        else await vault.set(VAULT_ENTRY, JSON.stringify(await makePinRecord(pin)));
        await tries.reset();
      }),
  };
}

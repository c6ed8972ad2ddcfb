import type { ErrorCode } from '../../../drivers/kit/index.ts';

/** A printer that is switched off over night is looked for this often. */
const LONGEST_ON_NETWORK_MS = 15_000;
/** An adapter that refused its settings may never take them; or it only answered its driver too late, and takes them next time. */
const [FIRST_AFTER_REFUSAL_MS, LONGEST_AFTER_REFUSAL_MS] = [500, 60_000];
/** By this part of itself a delay may be shorter, so that agents which lost a switch at once don't come back at once. */
const JITTER = 0.25;

/**
 * When a port that could not be opened is tried again, in milliseconds; null: not by itself. A device that was just plugged
 * in is tried quickly: its node may be there before its permissions are set, or a program may look at each new port. A
 * network address is left in peace sooner. `random` is from 0 to 1.
 */
export function retryDelayMs(code: ErrorCode, failures: number, isNetwork: boolean, random: number): number | null {
  const quick = 50 * 2 ** Math.min(failures, 9);
  if (isNetwork) {
    if (code === 'invalid_configuration') return null;
    return Math.round(Math.min(4 * quick, LONGEST_ON_NETWORK_MS) * (1 - JITTER * random));
  }
  switch (code) {
    case 'port_busy':
      return Math.min(quick, 1_500);
    case 'permission_denied':
      return Math.min(quick, 5_000);
    case 'unsupported_setting':
      return Math.min(FIRST_AFTER_REFUSAL_MS * 2 ** Math.min(failures, 9), LONGEST_AFTER_REFUSAL_MS);
    default:
      return Math.min(quick, 2_000);
  }
}

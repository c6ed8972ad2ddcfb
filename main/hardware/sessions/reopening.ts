import type { ErrorCode } from '../../../drivers/kit/index.ts';

/** A printer that is switched off over night is looked for this often. */
const LONGEST_ON_NETWORK_MS = 15_000;

/**
 * When a port that could not be opened is tried again, in milliseconds; null: not by itself. A device that was just plugged
 * in is tried quickly: its node may be there before its permissions are set, or a program may look at each new port. A
 * network address is left in peace sooner.
 */
export function retryDelayMs(code: ErrorCode, failures: number, isNetwork: boolean): number | null {
  const quick = 50 * 2 ** Math.min(failures, 9);
  if (isNetwork) return code === 'invalid_configuration' ? null : Math.min(4 * quick, LONGEST_ON_NETWORK_MS);
  switch (code) {
    case 'port_busy':
      return Math.min(quick, 1_500);
    case 'permission_denied':
      return Math.min(quick, 5_000);
    case 'unsupported_setting':
      return null;
    default:
      return Math.min(quick, 2_000);
  }
}

import type { ErrorCode } from '../../../drivers/kit/index.ts';

/**
 * When a port that could not be opened is tried again, in milliseconds; null: not by itself. A device that was just plugged
 * in is tried quickly: its node may be there before its permissions are set, or a program may look at each new port.
 */
export function retryDelayMs(code: ErrorCode, failures: number): number | null {
  const quick = 50 * 2 ** Math.min(failures, 8);
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

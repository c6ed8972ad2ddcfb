import type { Clock } from '../clock.ts';
import type { ApprovalRow } from './approval-view.ts';

/** How long people still have. Ends are on the monotonic clock: the wall clock may be set meanwhile. */
export interface Countdowns {
  start(row: ApprovalRow): void;
  stop(approvalId: string): void;
  /** Asked beside the timer, which may be late: after a sleep of the machine. */
  isOver(row: ApprovalRow): boolean;
  /** Stops them all. */
  close(): void;
}

/** `onEnd` is called once for each that was not stopped. */
export function createCountdowns(parts: {
  readonly clock: Clock;
  /** How long a person has. */
  readonly countdownMs: number;
  readonly onEnd: (approvalId: string) => void;
}): Countdowns {
  const { clock, countdownMs, onEnd } = parts;
  const running = new Map<string, { readonly endsMs: number; readonly cancel: () => void }>();
  const stop = (approvalId: string) => {
    running.get(approvalId)?.cancel();
    running.delete(approvalId);
  };
  return {
    start({ approval_id: approvalId, approval }) {
      // After a start the wall clock is all there is; never longer than a countdown, should it have been set back.
      const leftMs = Math.min(countdownMs, Math.max(0, Date.parse(approval.expires_at) - clock.now()));
      running.set(approvalId, {
        endsMs: clock.monotonicMs() + leftMs,
        cancel: clock.after(leftMs, () => onEnd(approvalId)),
      });
    },
    stop,
    isOver({ approval_id: approvalId, approval }) {
      const countdown = running.get(approvalId);
      if (countdown !== undefined) return clock.monotonicMs() >= countdown.endsMs;
      return clock.now() >= Date.parse(approval.expires_at);
    },
    close() {
      for (const approvalId of [...running.keys()]) stop(approvalId);
    },
  };
}

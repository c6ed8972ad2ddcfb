import { AgentError } from '../../../drivers/kit/index.ts';
import type { CallTicket } from '../device-side.ts';
import type { Clock } from './clock.ts';

/** Calls that can still be ended from outside. */
export interface Calls {
  /** Runs `work` with a signal that aborts with `deadline_exceeded`, or with `cancelled` by {@link Calls.cancel}. `work` must end soon after. */
  run<T>(ticket: CallTicket, what: string, work: (controller: AbortController) => Promise<T>): Promise<T>;
  /** Unknown ids are fine. */
  cancel(callId: string): void;
}

export function createCalls(clock: Clock): Calls {
  const running = new Map<string, AbortController>();
  return {
    async run(ticket, what, work) {
      const controller = new AbortController();
      const cancelTimer = clock.after(ticket.deadlineMs, () => {
        controller.abort(
          new AgentError('deadline_exceeded', `${what} was not done within ${Math.round(ticket.deadlineMs)} ms.`, {
            hint: 'The device is slow or others use it; allow more time.',
          }),
        );
      });
      running.set(ticket.callId, controller);
      try {
        return await work(controller);
      } finally {
        cancelTimer();
        if (running.get(ticket.callId) === controller) running.delete(ticket.callId);
      }
    },
    cancel(callId) {
      running.get(callId)?.abort(new AgentError('cancelled', 'The call was called off.'));
    },
  };
}

import { AgentError } from '../../../drivers/kit/index.ts';
import type { CallTicket, DeviceSide } from '../../hardware/index.ts';
import { mintId } from '../ids.ts';

/** Runs one cancellable call of the device side: when `signal` aborts, the device side is told to end it. */
export async function cancellable<T>(
  deviceSide: DeviceSide,
  signal: AbortSignal,
  deadlineMs: number,
  run: (ticket: CallTicket) => Promise<T>,
): Promise<T> {
  throwIfAborted(signal);
  const ticket: CallTicket = { callId: mintId('call'), deadlineMs };
  const cancel = () => {
    // A refusal to cancel changes nothing: the call still ends by its deadline.
    deviceSide.cancel({ callId: ticket.callId }).catch(() => {});
  };
  signal.addEventListener('abort', cancel, { once: true });
  try {
    return await run(ticket);
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}

/** Rejects with `cancelled` once `signal` is aborted. */
export function throwIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw new AgentError('cancelled', 'The call was called off before anything was sent.');
}

import type { Socket } from 'node:net';
import type { AgentError } from '../../../drivers/kit/index.ts';

/** How long each step may take. */
export const STEP_MS = 10_000;

/** Waits for one of the two calls, the signal or the deadline; a socket that came to nothing is destroyed. */
export async function settled<Result>(
  socket: Socket,
  signal: AbortSignal,
  late: () => AgentError,
  start: (done: (result: Result) => void, failed: (error: Error) => void) => void,
): Promise<Result> {
  const { promise, resolve, reject } = Promise.withResolvers<Result>();
  const onAbort = () => reject(signal.reason);
  const timer = setTimeout(() => reject(late()), STEP_MS);
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  start(resolve, reject);
  try {
    return await promise;
  } catch (error) {
    // What still comes from a socket that nobody waits for.
    socket.on('error', () => {});
    socket.destroy();
    throw error;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  }
}

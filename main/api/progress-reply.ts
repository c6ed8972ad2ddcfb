import { describeError } from './errors.ts';
import type { Reply } from './route.ts';
import { openEventPipe } from './sse.ts';

/** Whether a caller wants to hear of steps as they come: `Accept: text/event-stream` (ours). */
export function wantsProgress(accept: string | undefined): boolean {
  return /\btext\/event-stream\b/i.test(accept ?? '');
}

/** An answer in steps: each under the name `step`, then the whole under `whole`, or an `error` with the envelope. */
export function progressReply<Step extends object>(parts: {
  readonly step: string;
  readonly whole: string;
  readonly run: (onStep: (step: Step) => void) => Promise<object>;
  /** Each ends the stream at once. */
  readonly signals: readonly AbortSignal[];
}): Reply {
  const { step, whole, run, signals } = parts;
  return {
    kind: 'stream',
    async write(response, requestId) {
      const pipe = openEventPipe(response, {
        heartbeatMs: 15_000,
        maxQueued: 1000,
        signals,
        gap: (lost) => ({ name: 'gap', data: { lost } }),
      });
      try {
        pipe.send(whole, await run((one) => pipe.send(step, one)));
      } catch (error) {
        pipe.send('error', describeError(error, requestId).envelope);
      } finally {
        pipe.close();
      }
    },
  };
}

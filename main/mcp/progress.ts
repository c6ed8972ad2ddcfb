import type { ServerContext } from '@modelcontextprotocol/server';
import type { CallRequest } from '../connectors/index.ts';

/** A caller hears something at least this often, so that its own time-out starts again. */
const SILENCE_MS = 5_000;

/** Tells the progress of one call. */
export interface ProgressSender {
  readonly tell: NonNullable<CallRequest['onProgress']>;
  /** Nothing is told after it. */
  end(): void;
}

/**
 * For callers that asked for progress; null for the others. The protocol wants it to grow, so what does not grow is left
 * out. While a device takes its time, each silence ends with word of it, a little further towards the end.
 */
export function createProgressSender({ mcpReq }: ServerContext): ProgressSender | null {
  const progressToken = mcpReq._meta?.progressToken;
  if (progressToken === undefined) return null;
  const startMs = performance.now();
  let last = -1;
  const send = (progress: number, message: string) => {
    last = progress;
    mcpReq
      .notify({ method: 'notifications/progress', params: { progressToken, progress, total: 1, message } })
      // The caller has gone; the call learns it from its signal.
      .catch(() => {});
  };
  const heartbeat = setInterval(() => {
    const seconds = Math.round((performance.now() - startMs) / 1000);
    const from = Math.max(last, 0);
    send(from + (1 - from) / 10, `Waiting for the device, ${seconds} s`);
  }, SILENCE_MS);
  heartbeat.unref();
  return {
    tell({ message, fraction }) {
      if (fraction <= last) return;
      heartbeat.refresh();
      send(fraction, message);
    },
    end: () => clearInterval(heartbeat),
  };
}

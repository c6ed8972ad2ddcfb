import { useEffect } from 'react';
import { comesByItself } from './facts.ts';
import { request } from './request.ts';
import { callAnswerSchema, toolListSchema } from './wire.ts';

/** Twice a second looks live; a scale answers in less. */
const INTERVAL_MS = 500;
/** A device that does not answer so often is left alone: its health says why. */
const MOST_FAILURES = 3;

async function readRepeatedly(connectorId: string, signal: AbortSignal): Promise<void> {
  const tools = await request('GET', `/v1/connectors/${connectorId}/tools`, toolListSchema, { signal });
  // What waits for something to happen is told by the stream; what needs arguments can't be assumed.
  const readable = tools.data.filter(
    ({ name, side_effect: acts, test_arguments: args }) => !acts && args !== null && !comesByItself(name),
  );
  let failures = 0;
  while (!signal.aborted && failures < MOST_FAILURES && readable.length > 0) {
    for (const tool of readable) {
      if (signal.aborted) return;
      try {
        await request('POST', `/v1/connectors/${connectorId}/call`, callAnswerSchema, {
          body: { tool: tool.name, arguments: tool.test_arguments ?? {} },
          signal,
          unattended: true,
        });
        failures = 0;
      } catch {
        failures += 1;
      }
    }
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, INTERVAL_MS);
      signal.addEventListener('abort', () => {
        clearTimeout(timer);
        resolve();
      });
    });
  }
}

/**
 * Asks a connector for its values twice a second while a person looks at them: what it answers comes back over the stream,
 * as every reading does. Null asks nothing.
 */
export function useRepeatedRead(connectorId: string | null): void {
  useEffect(() => {
    if (connectorId === null) return;
    const left = new AbortController();
    readRepeatedly(connectorId, left.signal).catch(() => {});
    return () => left.abort();
  }, [connectorId]);
}

import type { ServerResponse } from 'node:http';
import { AgentError, type JsonObject } from '../../drivers/kit/index.ts';
import type { Clock } from '../clock.ts';
import type { RelayedAnswer } from '../link/agent-link.ts';
import { createEventScanner } from './event-scanner.ts';

/** A reader that takes nothing for this long is cut off: what waits for it must not grow without end. */
const STUCK_AFTER_MS = 30_000;

/** How an answer is written. */
export interface WriteOptions {
  readonly clock: Clock;
  /** The headers as the caller gets them. */
  readonly headersOf: (answer: RelayedAnswer) => Readonly<Record<string, string>>;
  /** The last word of a stream of events that ends without its answer; null where it has none. */
  readonly lastWord: (error: unknown) => JsonObject | null;
}

/**
 * Writes a machine's answer as it comes, at the pace of its reader. Rejects only while nothing of it has left; afterwards
 * an answer that was cut off ends early, or with {@link WriteOptions.lastWord}.
 */
export async function writeAnswer(
  answer: RelayedAnswer,
  response: ServerResponse,
  { clock, headersOf, lastWord }: WriteOptions,
): Promise<void> {
  const isEvents = answer.headers['content-type']?.startsWith('text/event-stream') === true;
  const parts = answer.parts[Symbol.asyncIterator]();
  // What is no stream has not begun before its first part is here, so that a cut until then can still be told.
  let next = isEvents ? null : await parts.next();
  response.writeHead(answer.status, { 'cache-control': 'no-store', ...headersOf(answer) });
  response.flushHeaders();
  const scanner = createEventScanner();
  try {
    for (next ??= await parts.next(); next.done !== true; next = await parts.next()) {
      if (response.destroyed) return;
      if (isEvents) scanner.pass(next.value);
      if (!response.write(next.value)) await drained(response, clock);
    }
    response.end();
  } catch (error) {
    // The answer is there whole: only the end of its stream is missing.
    if (scanner.hasAnswer) {
      response.end();
      return;
    }
    const word = isEvents ? lastWord(error) : null;
    if (word === null || response.destroyed) {
      response.destroy();
      return;
    }
    // An event that was cut off in its middle is ended, and is none that a reader understands.
    response.end(`${scanner.isBetween ? '' : '\n\n'}event: message\ndata: ${JSON.stringify(word)}\n\n`);
  }
}

/** Resolves when the reader takes more; rejects when it has gone or takes nothing for too long. */
async function drained(response: ServerResponse, clock: Clock): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const gone = () => reject(new AgentError('cancelled', 'The caller went away.'));
  const stopWaiting = clock.after(STUCK_AFTER_MS, () => {
    response.destroy();
    gone();
  });
  if (response.destroyed) gone();
  response.once('drain', resolve).once('close', gone);
  try {
    await promise;
  } finally {
    stopWaiting();
    response.off('drain', resolve).off('close', gone);
  }
}

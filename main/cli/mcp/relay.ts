import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { AgentError } from '../../../drivers/kit/index.ts';
import type { AgentConnection } from './agent-connection.ts';
import { readLines } from './lines.ts';
import { errorLine, isAnswerTo, type Message, type MessageId, readMessage } from './messages.ts';
import { createRelaySession } from './relay-session.ts';

/** What a relay joins. */
export interface RelayOptions {
  readonly connection: AgentConnection;
  /** The client's messages, one a line. Its end ends the relay. */
  readonly input: Readable;
  /** Gets messages for the client, one a line, and nothing else. */
  readonly output: Writable;
  /** Says something to people, on standard error. */
  readonly note: (text: string) => void;
  /** Ends the relay as the end of the input does. */
  readonly signal: AbortSignal;
  /** How long to wait before the `attempt`th try to reach an agent that went away; resolves early when `signal` aborts. */
  readonly pause: (attempt: number, signal: AbortSignal) => Promise<void>;
}

/** A request on its way. */
interface Running {
  readonly abort: AbortController;
  /** Resolves when the agent has it, or never will. */
  readonly accepted: Promise<void>;
}

/**
 * Passes messages of an MCP client on standard input to the agent, and the agent's to the client, of whatever revision of
 * the protocol. Keeps nothing but the session of a client of 2025, which it opens again by itself when the agent has been
 * restarted. A request is never sent twice, unless the agent said that it did not take it. Resolves when the input ends.
 */
export async function relayMcp({ connection, input, output, note, signal, pause }: RelayOptions): Promise<void> {
  const ending = new AbortController();
  const running = new Map<MessageId, Running>();
  const work = new Set<Promise<void>>();
  const end = () => ending.abort();
  signal.addEventListener('abort', end, { once: true });
  output.once('error', end);

  const write = async (line: string): Promise<void> => {
    if (ending.signal.aborted) return;
    if (!output.write(`${line}\n`)) await once(output, 'drain', { signal: ending.signal }).catch(() => {});
  };
  let saidUnreachable = false;
  const explain = (error: unknown): string => {
    const { code, message, hint } = AgentError.from(error);
    const text = hint === undefined ? message : `${message} ${hint}`;
    if (code === 'agent_unreachable' && !saidUnreachable) note(text);
    saidUnreachable = code === 'agent_unreachable';
    return text;
  };
  const session = createRelaySession({ connection, write, note, pause, ending: ending.signal });

  const forward = async (message: Message, abort: AbortSignal, accept: () => void): Promise<void> => {
    let answered = false;
    try {
      const answer =
        message.revision === null
          ? await session.send(message, abort)
          : await connection.send('POST', message.text, message.headers, abort);
      saidUnreachable = false;
      accept();
      for await (const line of answer.messages()) {
        const own = answer.status < 400 ? line : withId(line, message.id);
        answered ||= message.id !== null && isAnswerTo(own, message.id);
        // What wanted no answer gets none, even if it was refused.
        if (answer.status < 400 || message.id !== null) await write(own);
      }
      if (answered || message.id === null || abort.aborted) return;
      await write(errorLine(message.id, -32_000, `The agent ended its answer early. ${afterwards(message)}`));
    } catch (error) {
      if (abort.aborted) return;
      const why = explain(error);
      if (message.id !== null && !answered) {
        const doubt = wasRefused(error) ? 'Nothing was sent to a device.' : afterwards(message);
        await write(errorLine(message.id, -32_000, `${why} ${doubt}`));
      }
    } finally {
      accept();
    }
  };

  const take = (message: Message): void => {
    if (message.cancels !== null) {
      const found = running.get(message.cancels);
      if (message.revision !== null || found === undefined) {
        found?.abort.abort();
        return;
      }
      // Over HTTP the cancellation could overtake the request.
      follow(found.accepted.then(() => forward(message, ending.signal, () => {})));
      return;
    }
    const abort = new AbortController();
    const { promise: accepted, resolve: accept } = Promise.withResolvers<void>();
    const stop = () => abort.abort();
    ending.signal.addEventListener('abort', stop, { once: true });
    const { id } = message;
    if (id !== null) running.set(id, { abort, accepted });
    follow(
      forward(message, abort.signal, accept).finally(() => {
        ending.signal.removeEventListener('abort', stop);
        if (id !== null) running.delete(id);
      }),
    );
  };
  const follow = (job: Promise<void>) => {
    const followed: Promise<void> = job.finally(() => work.delete(followed));
    work.add(followed);
  };

  const lines = readLines(input);
  const over = new Promise<'over'>((resolve) => {
    if (ending.signal.aborted) resolve('over');
    ending.signal.addEventListener('abort', () => resolve('over'), { once: true });
  });
  for (;;) {
    const next = await Promise.race([lines.next(), over]);
    if (next === 'over' || next.done === true) break;
    const line = next.value;
    const message = line.type === 'line' ? readMessage(line.text) : null;
    if (message !== null) take(message);
    else if (line.type === 'line')
      await write(errorLine(null, -32_700, 'Parse error: a line is not a JSON-RPC message.'));
    else await write(errorLine(null, -32_600, 'A message is longer than 1 MiB; it was passed over.'));
  }
  end();
  signal.removeEventListener('abort', end);
  output.off('error', end);
  await Promise.all([...work, session.close()]);
  // An input that is still open would keep the process.
  input.destroy();
}

/** A refusal before the protocol names no request; here each belongs to one. */
function withId(line: string, id: MessageId | null): string {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? JSON.stringify({ ...value, id }) : line;
  } catch {
    return errorLine(id, -32_603, 'The agent answered with something that is not JSON.');
  }
}

/** Whether nobody was there to take the request. */
function wasRefused(error: unknown): boolean {
  const reason = AgentError.is(error, 'agent_unreachable') ? error.details['reason'] : undefined;
  return reason === 'ECONNREFUSED' || reason === 'ENOENT' || reason === 'EACCES' || reason === 'EPERM';
}

function afterwards({ method }: Message): string {
  return method === 'tools/call'
    ? 'Whether a side effect happened is in the journal: ask again with the same idempotency_key, never with another.'
    : 'Ask again.';
}

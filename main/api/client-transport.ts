import type { IncomingMessage } from 'node:http';
import { AgentError } from '../../drivers/kit/index.ts';

// An import of node:http evaluates all its exports, WebSocket among them, and with it the whole of undici.
const { Agent, request: httpRequest } = process.getBuiltinModule('node:http');

/** Where the agent listens: its local socket, or loopback HTTP with a token. */
export type ClientTarget =
  | {
      readonly socketPath: string;
      /** Sent with every request. */
      readonly headers?: Readonly<Record<string, string>>;
    }
  | {
      /** `http://127.0.0.1:PORT`, without a trailing slash. */
      readonly baseUrl: string;
      readonly token: string;
    };

/** One request. */
export interface ClientRequest {
  readonly method: string;
  /** With `/v1` and the query. */
  readonly path: string;
  readonly body?: object | undefined;
  /** A body that is JSON text already, in place of `body`. */
  readonly text?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Until the head of the answer is there, in milliseconds. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** Sends requests over connections of its own. */
export interface ClientTransport {
  /** Resolves with the head; the body is the caller's to read. Rejects with `agent_unreachable`, `cancelled` or `deadline_exceeded`. */
  send(request: ClientRequest): Promise<IncomingMessage>;
  /** Ends idle and open connections; idempotent. */
  close(): void;
}

/** Makes a transport; nothing is connected before the first request. */
export function createClientTransport(target: ClientTarget): ClientTransport {
  const agent = new Agent({ keepAlive: true });
  const where =
    'socketPath' in target
      ? { socketPath: target.socketPath, host: 'localhost' }
      : { host: plainHost(new URL(target.baseUrl)), port: new URL(target.baseUrl).port || 80 };
  const shared = 'socketPath' in target ? (target.headers ?? {}) : {};
  const authorization = 'token' in target ? { Authorization: `Bearer ${target.token}` } : {};
  return {
    send: (request) => send(request, true),
    close: () => agent.destroy(),
  };

  function send(request: ClientRequest, mayRepeat: boolean): Promise<IncomingMessage> {
    const {
      method,
      path,
      body,
      text = body === undefined ? undefined : JSON.stringify(body),
      headers,
      timeoutMs,
      signal,
    } = request;
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const sent = httpRequest({
      ...where,
      agent,
      method,
      path,
      headers: {
        ...authorization,
        ...shared,
        Accept: 'application/json',
        ...headers,
        ...(text === undefined
          ? {}
          : { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) }),
      },
      ...(signal === undefined ? {} : { signal }),
    });
    const patience = setTimeout(() => {
      sent.destroy(
        new AgentError('deadline_exceeded', `The agent did not answer ${method} ${path} within ${timeoutMs} ms.`, {
          hint: 'It may still be at work. Look at `fibric-edge journal list` before repeating a side effect.',
        }),
      );
    }, timeoutMs);
    sent.once('response', (response) => {
      clearTimeout(patience);
      resolve(response);
    });
    sent.once('error', (error) => {
      clearTimeout(patience);
      if (mayRepeat && method === 'GET' && wasClosedMeanwhile(sent, error)) resolve(send(request, false));
      else reject(explain(error, target, signal));
    });
    sent.end(text);
    return promise;
  }
}

/** The agent closed a kept connection in the moment in which it was used again: it has not heard the request. */
function wasClosedMeanwhile({ reusedSocket }: ReturnType<typeof httpRequest>, error: Error): boolean {
  return reusedSocket && 'code' in error && error.code === 'ECONNRESET';
}

/** A body as text. Rejects like {@link ClientTransport.send} when the connection ends within it. */
export async function readText(response: IncomingMessage, target: ClientTarget, signal?: AbortSignal): Promise<string> {
  try {
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk);
    return Buffer.concat(chunks).toString('utf8');
  } catch (error) {
    throw explain(error, target, signal);
  }
}

/** What a failed connection means, as an `AgentError`. */
export function explain(error: unknown, target: ClientTarget, signal?: AbortSignal): AgentError {
  if (AgentError.is(error)) return error;
  if (signal?.aborted === true) return new AgentError('cancelled', 'The request was cancelled.', { cause: error });
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'no answer';
  const place = 'socketPath' in target ? target.socketPath : target.baseUrl;
  const forbidden = code === 'EACCES' || code === 'EPERM';
  return new AgentError(
    'agent_unreachable',
    forbidden
      ? `This user may not talk to the agent at ${place}.`
      : `No Fibric Edge agent answers at ${place} (${code}).`,
    {
      cause: error,
      hint: forbidden
        ? 'Run the command as the user the agent runs as, or join the group fibric-edge and sign in again.'
        : 'Start it with `fibric-edge run`, or name its data folder with --data.',
      details: { reason: code },
    },
  );
}

function plainHost(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, '$1');
}

import type { IncomingMessage } from 'node:http';
import { AgentError } from '../../../drivers/kit/index.ts';
import { readServerSentEvents } from '../../api/client-events.ts';
import { type ClientTarget, createClientTransport, readText } from '../../api/client-transport.ts';

/** Longer than any call may take: what ends a request is its own deadline, or its client. */
const HEAD_TIMEOUT_MS = 15 * 60_000;

/** The head of an answer of the agent's MCP endpoint, and its messages as they come. */
export interface AgentAnswer {
  readonly status: number;
  readonly sessionId: string | null;
  /** Each JSON-RPC message on one line; ends with the answer. Rejects when the agent goes away within it. */
  messages(): AsyncGenerator<string>;
}

/** One MCP endpoint of the agent, over HTTP on its local socket. */
export interface AgentConnection {
  /** Rejects with `agent_unreachable` or `cancelled`. `body` is sent as it is. */
  send(
    method: 'POST' | 'GET' | 'DELETE',
    body: string | null,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<AgentAnswer>;
  close(): void;
}

/** Makes a connection to `path` (`/mcp` or `/mcp/{id}`); nothing is connected before the first request. */
export function createAgentConnection(
  target: ClientTarget,
  path: string,
  always: Readonly<Record<string, string>>,
): AgentConnection {
  let transport = createClientTransport(target);
  return {
    async send(method, body, headers, signal) {
      const used = transport;
      const sending = used.send({
        method,
        path,
        text: body ?? undefined,
        timeoutMs: HEAD_TIMEOUT_MS,
        signal,
        headers: {
          Accept: method === 'GET' ? 'text/event-stream' : 'application/json, text/event-stream',
          ...always,
          ...headers,
        },
      });
      const response = await sending.catch((error: unknown) => {
        // What is left of its connections leads to an agent that is gone; those of others at work end by themselves.
        if (transport === used && AgentError.is(error, 'agent_unreachable')) transport = createClientTransport(target);
        throw error;
      });
      const session = response.headers['mcp-session-id'];
      return {
        status: response.statusCode ?? 0,
        sessionId: typeof session === 'string' ? session : null,
        messages: () => messagesOf(response, target, signal),
      };
    },
    close: () => transport.close(),
  };
}

async function* messagesOf(
  response: IncomingMessage,
  target: ClientTarget,
  signal: AbortSignal,
): AsyncGenerator<string> {
  if (response.headers['content-type']?.startsWith('text/event-stream') === true) {
    // JSON has no line end of its own, and a message is one line.
    for await (const { data } of readServerSentEvents(response)) yield data.replaceAll('\n', ' ');
    return;
  }
  const text = (await readText(response, target, signal)).trim();
  if (text !== '') yield text.replaceAll('\n', ' ');
}

import { AgentError } from '../../../drivers/kit/index.ts';
import type { AgentAnswer, AgentConnection } from './agent-connection.ts';
import { type Message, readMessage } from './messages.ts';

/** What a relay keeps for a client of the 2025 revisions, whose session lives in the agent. */
export interface RelaySession {
  /** Sends one message within the session; `initialize` opens it. Opens it again when the agent no longer knows it. */
  send(message: Message, signal: AbortSignal): Promise<AgentAnswer>;
  /** Ends the session in the agent, if it still answers. */
  close(): Promise<void>;
}

/** How long the agent may take to hear that the session is over. */
const GOODBYE_MS = 1_000;

const changedLists = ['tools', 'resources', 'prompts'].map((what) => `notifications/${what}/list_changed`);

/** Makes a {@link RelaySession}; nothing is opened before the client does. */
export function createRelaySession(parts: {
  readonly connection: AgentConnection;
  readonly write: (line: string) => Promise<void>;
  readonly note: (text: string) => void;
  readonly pause: (attempt: number, signal: AbortSignal) => Promise<void>;
  readonly ending: AbortSignal;
}): RelaySession {
  const { connection, write, note, pause, ending } = parts;
  const subscriptions = new Map<string, Message>();
  let opening: Message | null = null;
  let initialized: Message | null = null;
  let id: string | null = null;
  let revision = '2025-11-25';
  let reopening: Promise<void> | null = null;
  let streaming: Promise<void> | null = null;

  const post = (message: Message, signal: AbortSignal, session = id) =>
    connection.send('POST', message.text, session === null ? {} : sessionHeaders(session, revision), signal);

  /** The answer to `initialize`, with the session it opened noted. */
  const open = async (message: Message, signal: AbortSignal): Promise<AgentAnswer> => {
    const answer = await post(message, signal, null);
    if (answer.status >= 400) return answer;
    const lines: string[] = [];
    for await (const line of answer.messages()) lines.push(line);
    opening = message;
    id = answer.sessionId;
    revision = /"protocolVersion"\s*:\s*"([^"]+)"/.exec(lines.join('\n'))?.[1] ?? revision;
    return { ...answer, messages: () => each(lines) };
  };
  const drain = async (answer: AgentAnswer) => {
    for await (const _ of answer.messages());
  };
  const reopen = async (): Promise<void> => {
    const first = opening;
    if (first === null) return;
    const answer = await open(first, ending);
    if (answer.status >= 400) {
      throw new AgentError('agent_unreachable', `The agent refused a new session (HTTP ${answer.status}).`);
    }
    if (initialized !== null) await drain(await post(initialized, ending));
    for (const subscription of subscriptions.values()) await drain(await post(subscription, ending));
    note('The agent was restarted; the session was opened again.');
    // Nobody knows what changed meanwhile.
    for (const method of changedLists) await write(JSON.stringify({ jsonrpc: '2.0', method }));
    for (const uri of subscriptions.keys()) {
      await write(JSON.stringify({ jsonrpc: '2.0', method: 'notifications/resources/updated', params: { uri } }));
    }
  };
  const reopenOnce = () => {
    reopening ??= reopen().finally(() => {
      reopening = null;
    });
    return reopening;
  };

  /** The stream of notifications, for as long as the relay lives. */
  const stream = async (): Promise<void> => {
    let attempt = 0;
    while (!ending.aborted) {
      try {
        const session = id;
        if (session === null) return;
        const answer = await connection.send('GET', null, sessionHeaders(session, revision), ending);
        if (answer.status === 404) await reopenOnce();
        else if (answer.status >= 400) return;
        attempt = 0;
        if (answer.status < 400) for await (const line of answer.messages()) await write(line);
      } catch {
        // The agent is away; whoever asks something is told why.
      }
      if (ending.aborted) return;
      attempt += 1;
      await pause(attempt, ending);
    }
  };

  const remember = (message: Message) => {
    if (message.method === 'notifications/initialized') initialized = message;
    if (message.uri === null) return;
    if (message.method === 'resources/subscribe') subscriptions.set(message.uri, withoutClash(message));
    if (message.method === 'resources/unsubscribe') subscriptions.delete(message.uri);
  };

  return {
    async send(message, signal) {
      if (message.method === 'initialize') return open(message, signal);
      const used = id;
      let answer = await post(message, signal);
      if (answer.status === 404 && used !== null && message.method !== null) {
        // Refused before anything was done: the one case in which a request is sent again.
        await drain(answer);
        if (id === used) await reopenOnce();
        answer = await post(message, signal);
      }
      if (answer.status < 400) remember(message);
      if (message.method === 'notifications/initialized' && id !== null) streaming ??= stream();
      return answer;
    },
    async close() {
      await streaming;
      if (id === null) return;
      await connection
        .send('DELETE', null, sessionHeaders(id, revision), AbortSignal.timeout(GOODBYE_MS))
        .then(drain, () => {});
    },
  };
}

function sessionHeaders(id: string, revision: string): Record<string, string> {
  return { 'Mcp-Session-Id': id, 'MCP-Protocol-Version': revision };
}

/** The same subscription under an id that no request of the client has. */
function withoutClash(message: Message): Message {
  const value: object = JSON.parse(message.text);
  return readMessage(JSON.stringify({ ...value, id: `again:${message.uri}` })) ?? message;
}

async function* each(lines: readonly string[]): AsyncGenerator<string> {
  yield* lines;
}

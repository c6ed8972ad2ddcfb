import { AgentError } from '../../../drivers/kit/index.ts';
import type { Principal } from '../../api/index.ts';
import { type AgentFrame, type LinkCall, relayWindow } from '../../api/link/index.ts';

/** No part is larger, in bytes, so that a large answer goes in frames that the link takes, between those of others. */
const LARGEST_PART = 64 * 1024;

/** What answers MCP at this machine. */
export type RelayMcp = (
  asked: {
    readonly connectorId: string;
    readonly method: 'GET' | 'POST' | 'DELETE';
    readonly headers: Readonly<Record<string, string>>;
    readonly body: unknown;
    readonly signal: AbortSignal;
  },
  principal: Principal,
) => Promise<{ readonly response: Response; readonly delivered: () => void }>;

/** How fast the hub's caller takes what is sent. */
export interface Pace {
  /** Resolves when another part may go out; rejects when `signal` aborts. */
  next(signal: AbortSignal): Promise<void>;
  taken(parts: number): void;
}

/** Lets a bounded number of parts out ahead of those taken. */
export function createPace(): Pace {
  let free = relayWindow;
  let wake = () => {};
  return {
    async next(signal) {
      while (free === 0) {
        if (signal.aborted) throw gone();
        const { promise, resolve } = Promise.withResolvers<void>();
        wake = resolve;
        signal.addEventListener('abort', wake, { once: true });
        await promise;
        signal.removeEventListener('abort', wake);
      }
      if (signal.aborted) throw gone();
      free -= 1;
    },
    taken(parts) {
      free += parts;
      wake();
    },
  };
}

/**
 * Answers a relayed request of MCP in parts, at the pace of its reader. Resolves with what to do once it is delivered;
 * rejects when `signal` aborts, and lets go of the answer then, however idle it is.
 */
export async function serveMcp(
  relay: RelayMcp,
  id: string,
  call: Extract<LinkCall, { verb: 'mcp' }>,
  principal: Principal,
  signal: AbortSignal,
  pace: Pace,
  send: (frame: AgentFrame) => void,
): Promise<() => void> {
  const { connector_id: connectorId, method, headers, body } = call;
  const { response, delivered } = await relay({ connectorId, method, headers, body, signal }, principal);
  send({ type: 'head', id, status: response.status, headers: Object.fromEntries(response.headers) });
  const reader = response.body?.getReader();
  const letGo = () => void reader?.cancel().catch(() => {});
  if (signal.aborted) letGo();
  signal.addEventListener('abort', letGo, { once: true });
  const text = new TextDecoder();
  try {
    for (let read = await reader?.read(); read?.done === false; read = await reader?.read()) {
      for (let at = 0; at < read.value.length; at += LARGEST_PART) {
        await pace.next(signal);
        send({ type: 'chunk', id, text: text.decode(read.value.subarray(at, at + LARGEST_PART), { stream: true }) });
      }
    }
  } finally {
    signal.removeEventListener('abort', letGo);
  }
  if (signal.aborted) throw gone();
  send({ type: 'end', id });
  return delivered;
}

function gone(): AgentError {
  return new AgentError('cancelled', 'The caller went away.');
}

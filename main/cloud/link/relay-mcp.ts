import { AgentError } from '../../../drivers/kit/index.ts';
import type { Principal } from '../../api/index.ts';
import type { AgentFrame, LinkCall } from '../../api/link/index.ts';

/** Parts that go out before the first of them was taken. */
const WINDOW = 16;

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
  let free = WINDOW;
  let wake = () => {};
  return {
    async next(signal) {
      while (free === 0) {
        const { promise, resolve } = Promise.withResolvers<void>();
        wake = resolve;
        signal.addEventListener('abort', wake, { once: true });
        await promise;
        signal.removeEventListener('abort', wake);
        if (signal.aborted) throw new AgentError('cancelled', 'The caller went away.');
      }
      free -= 1;
    },
    taken(parts) {
      free += parts;
      wake();
    },
  };
}

/** Answers a relayed request of MCP in parts, at the pace of its reader. Resolves with what to do once it is delivered. */
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
  const text = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    await pace.next(signal);
    send({ type: 'chunk', id, text: text.decode(chunk, { stream: true }) });
  }
  send({ type: 'end', id });
  return delivered;
}

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { cpuSeconds } from './cpu-seconds.ts';

/** What the process of the stack is asked for. */
export type StackCommand =
  | { readonly type: 'heap' }
  | { readonly type: 'emit'; readonly perSecond: number; readonly forMs: number }
  | { readonly type: 'end' };

/** The agent's HTTP and MCP stack in a process of its own, over a service that answers at once. */
export interface McpStack {
  /** `http://127.0.0.1:PORT/mcp` */
  readonly url: string;
  readonly token: string;
  readonly connectors: readonly string[];
  /** `tools/list` of all connectors by a bare fetch. */
  listRaw(): Promise<void>;
  /** Live heap after a collection. */
  heapMb(): Promise<number>;
  usage(): { readonly cpuSeconds: number };
  /** Emits readings of every connector; resolves when the time is over. */
  emitReadings(perSecond: number, forMs: number): Promise<void>;
  close(): Promise<void>;
}

/** Starts one with so many connectors, each with two tools or one. */
export async function startMcpStack(options: {
  readonly connectors: number;
  readonly toolsEach?: 1 | 2;
}): Promise<McpStack> {
  const child = fork(
    join(import.meta.dirname, 'mcp-stack-process.ts'),
    [String(options.connectors), String(options.toolsEach ?? 2)],
    // As the launcher starts the agent, but for the collector that the bench calls.
    { execArgv: ['--expose-gc', '--max-semi-space-size=2'], env: { ...process.env, NODE_ENV: 'production' } },
  );
  const [ready] = (await once(child, 'message')) as [{ url: string; token: string; connectors: string[] }];
  const ask = async (command: StackCommand): Promise<unknown> => {
    child.send(command);
    const [answer] = await once(child, 'message');
    return answer;
  };
  return {
    ...ready,
    async listRaw() {
      const answer = await fetch(ready.url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          accept: 'application/json, text/event-stream',
          authorization: `Bearer ${ready.token}`,
        },
        body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} }),
      });
      if (!answer.ok) throw new Error(await answer.text());
      await answer.text();
    },
    heapMb: async () => Number(await ask({ type: 'heap' })),
    usage: () => ({ cpuSeconds: cpuSeconds(child.pid ?? 0) }),
    async emitReadings(perSecond, forMs) {
      await ask({ type: 'emit', perSecond, forMs });
    },
    async close() {
      const exited = once(child, 'exit');
      child.send({ type: 'end' } satisfies StackCommand);
      await exited;
    },
  };
}

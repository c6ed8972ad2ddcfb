import assert from 'node:assert/strict';
import { z } from 'zod';
import type { AgentProcess } from '../../whole/support/agent-process.ts';
import { eventually } from '../../whole/support/wires.ts';

/** Node's own inspector, switched on from outside: the product has no switch for it. */
export const inspected = { NODE_OPTIONS: '--inspect=127.0.0.1:0' } as const;

const messageSchema = z.object({
  id: z.int().optional(),
  method: z.string().optional(),
  params: z.looseObject({}).optional(),
});
const attachedSchema = z.object({
  sessionId: z.string(),
  workerInfo: z.object({ title: z.string(), url: z.string() }),
});

/** Threads of an agent that was started {@link inspected}. */
export interface Threads {
  /** How many threads that run a file of this name have been seen; the newest is the one that runs. */
  seen(file: string): number;
  /** Ends the newest of them, as a fault in it would; resolves when it is gone. */
  end(file: string): Promise<void>;
  close(): void;
}

/** Attaches to every worker thread, those to come included. */
export async function watchThreads(agent: AgentProcess): Promise<Threads> {
  // The launcher starts Node a second time in its place.
  const address = [...agent.output().matchAll(/ws:\/\/127\.0\.0\.1:\d+\/[0-9a-f-]+/g)].at(-1)?.[0];
  assert(address !== undefined, `the agent does not say where its inspector listens: ${agent.output()}`);
  const socket = new WebSocket(address);
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve, { once: true });
    socket.addEventListener('error', reject, { once: true });
  });
  const threads: { readonly sessionId: string; readonly url: string }[] = [];
  const gone = new Set<string>();
  socket.addEventListener('message', ({ data }) => {
    const { method, params } = messageSchema.parse(JSON.parse(String(data)));
    if (method === 'NodeWorker.attachedToWorker') {
      const { sessionId, workerInfo } = attachedSchema.parse(params);
      threads.push({ sessionId, url: workerInfo.url });
    }
    if (method === 'NodeWorker.detachedFromWorker') gone.add(String(params?.['sessionId']));
  });
  let lastId = 0;
  const send = (method: string, params: object) => {
    lastId += 1;
    socket.send(JSON.stringify({ id: lastId, method, params }));
  };
  send('NodeWorker.enable', { waitForDebuggerOnStart: false });
  const of = (file: string) => threads.filter(({ url }) => url.includes(file));
  return {
    seen: (file) => of(file).length,
    async end(file) {
      const alive = async () => {
        const thread = of(file).at(-1);
        return thread === undefined || gone.has(thread.sessionId) ? null : thread;
      };
      const { sessionId } = await eventually(`a thread of ${file}`, 10_000, alive);
      const message = JSON.stringify({ id: 1, method: 'Runtime.evaluate', params: { expression: 'process.exit(1)' } });
      send('NodeWorker.sendMessageToWorker', { sessionId, message });
      await eventually(`the end of a thread of ${file}`, 10_000, async () => gone.has(sessionId));
    },
    close: () => socket.close(),
  };
}

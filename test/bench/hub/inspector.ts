import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { WebSocket } from 'ws';
import { z } from 'zod';

/** Node's own inspector in another process: the product needs no door of its own for a benchmark to look into it. */
export interface Inspector {
  /** A command of its protocol. */
  send(method: string, params?: object): Promise<unknown>;
  /** The value of an expression there. */
  evaluate<Schema extends z.ZodType>(schema: Schema, expression: string): Promise<z.output<Schema>>;
  /** Memory after collections of garbage: of V8 (heap and what it holds outside), and resident, of the whole process. */
  memory(): Promise<{ readonly heapKb: number; readonly residentKb: number }>;
  /** Begins to measure how late the event loop is. */
  watchLoop(): Promise<void>;
  /** Since then. */
  loopDelay(): Promise<{ readonly p50Ms: number; readonly p99Ms: number; readonly maxMs: number }>;
  close(): void;
}

/** Environment of a Node process that can be looked into. */
export const inspected = { NODE_OPTIONS: '--inspect=127.0.0.1:0' };

/** Its address, from what the process wrote as it started. */
export function inspectorUrl(output: string): string {
  const url = /ws:\/\/127\.0\.0\.1:\d+\/[\w-]+/.exec(output)?.[0];
  if (url === undefined) throw new Error(`no inspector: ${output}`);
  return url;
}

/** Opens it. */
export async function openInspector(url: string, pid: number): Promise<Inspector> {
  const socket = new WebSocket(url, { perMessageDeflate: false });
  await once(socket, 'open');
  const waiting = new Map<number, (message: unknown) => void>();
  let next = 1;
  socket.on('message', (data) => {
    const message: { id?: number } = JSON.parse(String(data));
    waiting.get(message.id ?? 0)?.(message);
  });
  const send = (method: string, params: object = {}) =>
    new Promise<unknown>((resolve) => {
      const id = next;
      next += 1;
      waiting.set(id, (message) => {
        waiting.delete(id);
        resolve(message);
      });
      socket.send(JSON.stringify({ id, method, params }));
    });
  const answer = z.object({ result: z.object({ result: z.object({ value: z.unknown() }) }) });
  const evaluate: Inspector['evaluate'] = async (schema, expression) => {
    const params = { expression, returnByValue: true };
    return schema.parse(answer.parse(await send('Runtime.evaluate', params)).result.result.value);
  };
  return {
    send,
    evaluate,
    async memory() {
      for (let time = 0; time < 3; time += 1) {
        await send('HeapProfiler.collectGarbage');
        await new Promise((resolve) => setTimeout(resolve, 300));
      }
      const seen = z.object({ heapUsed: z.number(), external: z.number() });
      const { heapUsed, external } = await evaluate(seen, 'process.memoryUsage()');
      const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
      return { heapKb: (heapUsed + external) / 1024, residentKb: Number(/^Rss:\s+(\d+)/m.exec(rollup)?.[1]) };
    },
    async watchLoop() {
      const hooks = `process.getBuiltinModule('node:perf_hooks')`;
      await evaluate(
        z.boolean(),
        `(globalThis.benchLoop = ${hooks}.monitorEventLoopDelay({ resolution: 5 }), benchLoop.enable())`,
      );
    },
    async loopDelay() {
      const delays = z.array(z.number());
      const [p50 = 0, p99 = 0, max = 0] = await evaluate(
        delays,
        '[benchLoop.percentile(50), benchLoop.percentile(99), benchLoop.max]',
      );
      // The timer's own 5 ms are no delay.
      const late = (nanoseconds: number) => Math.max(0, Math.round(nanoseconds / 10_000) / 100 - 5);
      return { p50Ms: late(p50), p99Ms: late(p99), maxMs: late(max) };
    },
    close: () => socket.terminate(),
  };
}

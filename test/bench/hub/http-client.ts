import { Agent, request } from 'node:http';

/** Requests over connections that are kept, with as little work as Node's HTTP lets it be. */
export function createHttpClient(mostSockets = 256) {
  const agent = new Agent({ keepAlive: true, maxSockets: mostSockets });
  return {
    /** The answer's text. Rejects when the status is none of success. */
    ask(method: 'GET' | 'POST', url: string, key: string | null, body?: object, more: object = {}): Promise<string> {
      const { promise, resolve, reject } = Promise.withResolvers<string>();
      const text = body === undefined ? null : JSON.stringify(body);
      const headers = {
        ...(key === null ? {} : { Authorization: `Bearer ${key}` }),
        ...(text === null ? {} : { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) }),
        ...more,
      };
      const sent = request(url, { method, agent, headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.once('error', reject);
        response.once('end', () => {
          const whole = Buffer.concat(chunks).toString('utf8');
          if ((response.statusCode ?? 0) < 300) resolve(whole);
          else reject(new Error(`${response.statusCode} ${whole}`));
        });
      });
      sent.once('error', reject);
      sent.end(text ?? undefined);
      return promise;
    },
    close: () => agent.destroy(),
  };
}

/** Begins `perSecond` steps a second whatever becomes of them, and times each from when it was due. */
export async function openLoop(
  perSecond: number,
  forMs: number,
  step: (number: number) => Promise<unknown>,
): Promise<readonly number[]> {
  const start = performance.now();
  const durationsMs: number[] = [];
  const running: Promise<void>[] = [];
  const total = Math.floor((perSecond * forMs) / 1_000);
  for (let begun = 0; begun < total; ) {
    const due = Math.min(total, Math.floor(((performance.now() - start) * perSecond) / 1_000) + 1);
    for (; begun < due; begun += 1) {
      const dueAt = start + (begun * 1_000) / perSecond;
      running.push(step(begun).then(() => void durationsMs.push(performance.now() - dueAt)));
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await Promise.all(running);
  return durationsMs;
}

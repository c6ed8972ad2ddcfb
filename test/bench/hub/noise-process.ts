/**
 * A tenant that asks without pause: so many workers, each of which asks again as soon as it has its answer, whatever that is.
 * Asked by its parent for one spell at a time; tells how many answers had which status.
 */
import { Agent, request } from 'node:http';
import type { Noise, NoiseFound } from './noise.ts';
import { eventBatch } from './post-events.ts';

const agent = new Agent({ keepAlive: true, maxSockets: 1_000 });

process.on('message', ({ asks, forMs }: Noise) => {
  const end = performance.now() + forMs;
  const statuses: Record<string, number> = {};
  const work = async (ask: Noise['asks'][number]) => {
    for (let turn = 0; performance.now() < end; turn += 1) {
      const status = await once(ask, ask.keys[turn % ask.keys.length] ?? '');
      const name = `${ask.name} ${status}`;
      statuses[name] = (statuses[name] ?? 0) + 1;
    }
  };
  const workers = asks.flatMap((ask) => Array.from({ length: ask.workers }, () => work(ask)));
  Promise.all(workers).then(
    () => process.send?.({ statuses } satisfies NoiseFound),
    (error: unknown) => process.send?.({ statuses: { [String(error)]: 1 } } satisfies NoiseFound),
  );
});
process.on('disconnect', () => process.exit(0));

function once({ method, url, body, events }: Noise['asks'][number], key: string): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const given = events === undefined ? body : eventBatch(events);
  const text = given === null ? null : JSON.stringify(given);
  const headers = {
    Authorization: `Bearer ${key}`,
    Accept: 'application/json, text/event-stream',
    ...(text === null ? {} : { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) }),
  };
  const sent = request(url, { method, agent, headers }, (response) => {
    response.resume();
    response.once('error', reject);
    response.once('end', () => resolve(response.statusCode ?? 0));
  });
  sent.once('error', reject);
  sent.end(text ?? undefined);
  return promise;
}

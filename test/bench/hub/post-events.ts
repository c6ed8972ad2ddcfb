import { createHttpClient } from './http-client.ts';
import type { FleetEvents } from './messages.ts';
import type { SimulatedAgent } from './simulated-agent.ts';

let number = 0;

/** Posts batches as the outbox of these agents would, each one after the other, until the time is over. */
export async function postEvents(
  agents: readonly SimulatedAgent[],
  { batch, forMs, to }: { readonly batch: number; readonly forMs: number; readonly to: string | null },
): Promise<FleetEvents> {
  const http = createHttpClient();
  const start = performance.now();
  const durationsMs: number[] = [];
  let accepted = 0;
  await Promise.all(
    agents.map(async ({ state: { credential } }) => {
      if (credential === null) throw new Error('an agent is not linked');
      while (performance.now() < start + forMs) {
        const body = eventBatch(batch);
        const sentAt = performance.now();
        const answer = await http.ask('POST', to ?? `${credential.origin}/v1/events/batch`, credential.token, body);
        durationsMs.push(performance.now() - sentAt);
        accepted += answer.split('"status":"accepted"').length - 1;
      }
    }),
  );
  http.close();
  return { accepted, seconds: (performance.now() - start) / 1_000, durationsMs };
}

/** So many events that nobody has sent before. */
export function eventBatch(count: number): object {
  return { events: Array.from({ length: count }, event) };
}

function event() {
  number += 1;
  const data = { text: `400638133${number}` };
  const payload = {
    at: new Date().toISOString(),
    device: 'dev_1',
    connector_id: 'cn_1',
    stream: 'scan.read',
    seq: number,
    data,
  };
  return {
    idempotency_key: `epoch:dev_1:scan.read:${number}`,
    event: { source: 'front-scanner', event_type: 'scan.received', payload },
  };
}

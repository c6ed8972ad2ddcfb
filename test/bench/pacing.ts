import { makeToken } from '../whole/support/mcp.ts';
import { connectClient } from './baselines.ts';
import { startFleet, startScales } from './fleet.ts';
import { disposable } from './start.ts';
import { summarise, time } from './statistics.ts';

const BUSY_DEVICES = 50;
const CALLS = 100;

/** One scale at the pace of a 9600 baud line, alone and beside 50 that are read without pause: is it slowed by them? */
export async function measurePacing(): Promise<object> {
  await using scales = await disposable(startScales(BUSY_DEVICES + 1, 9600));
  const { agent, connectors } = await startFleet(scales.value);
  const token = await makeToken(agent);
  const clients = await Promise.all(connectors.map((id) => connectClient(`${agent.url}/mcp/${id}`, token)));
  const [paced, ...busy] = clients;
  const read = () =>
    paced?.callTool({ name: 'weight_read', arguments: {} }) ?? Promise.reject(new Error('no paced scale'));
  const alone = summarise(await time(CALLS, 5, read));
  let over = false;
  let busyCalls = 0;
  const load = busy.map(async (client) => {
    while (!over) {
      await client.callTool({ name: 'weight_read', arguments: {} });
      busyCalls += 1;
    }
  });
  const start = performance.now();
  const beside = summarise(await time(CALLS, 5, read));
  const seconds = (performance.now() - start) / 1000;
  over = true;
  await Promise.all(load);
  await Promise.all(clients.map((client) => client.close()));
  await agent.stop();
  return {
    'paced, alone': alone,
    'paced, beside 50 busy': beside,
    'the 50 together': { perSecond: Math.round(busyCalls / seconds) },
  };
}

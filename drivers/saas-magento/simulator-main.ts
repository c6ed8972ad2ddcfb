/** Runs the simulated store: `node drivers/saas-magento/simulator-main.ts [PORT] [TOKEN]`. Ctrl-C ends it. */
import { startMagentoSimulator } from './simulator.ts';

const [port = '0', token = 'mg_live_9f4c2e8b1a41'] = process.argv.slice(2);
const store = await startMagentoSimulator({ port: Number(port), tokens: [token] });
process.stdout.write(
  `A simulated Magento store answers at ${store.url} with the access token ${token}.\n` +
    `Orders: ${store.orders.map(({ increment_id, entity_id, state }) => `${increment_id} (id ${entity_id}, ${state})`).join(', ')}.\n`,
);
process.once('SIGINT', () => void store.close());
process.once('SIGTERM', () => void store.close());

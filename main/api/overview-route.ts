import { AgentError } from '../../drivers/kit/index.ts';
import type { ConnectorsBackend, Page, PageRequest } from './backend.ts';
import type { Principal } from './principal.ts';
import { defineRoute, ok } from './route.ts';
import { type ConnectorObject, type ConnectorSummary, overviewSchema } from './schemas/index.ts';
import { seesConnector, seesDevice, seesEvent } from './token-limits.ts';

const PAGE_LIMIT = 100;

/**
 * What a page of many connectors needs to begin: asked for one by one, two hundred connectors are four hundred requests.
 * Fetched after the stream stands, it misses nothing.
 */
export const overviewRoute = defineRoute({
  method: 'GET',
  path: '/overview',
  operationId: 'getOverview',
  summary: 'Every connector, device and last reading in one answer',
  scopes: ['connectors:read'],
  rateClass: 'machine',
  answers: overviewSchema,
  async handle({ backend, principal }) {
    const [connectors, devices] = await Promise.all([
      allConnectors(backend, principal),
      backend.listDevices(principal),
    ]);
    const readings = await Promise.all(connectors.map(({ id }) => backend.listReadings(principal, id)));
    return ok({
      object: 'overview',
      connectors,
      devices: devices.filter((device) => seesDevice(principal, device)),
      readings: readings.flat().filter((reading) => seesEvent(principal, { type: 'reading', reading })),
    });
  },
});

async function allConnectors(backend: ConnectorsBackend, principal: Principal): Promise<readonly ConnectorObject[]> {
  const found: ConnectorObject[] = [];
  let position: PageRequest['position'] = null;
  do {
    const page: Page<ConnectorSummary> = await backend.listConnectors(principal, {}, { limit: PAGE_LIMIT, position });
    const seen = page.items.filter(({ id }) => seesConnector(principal, id));
    const whole = await Promise.all(seen.map(({ id }) => getIfThere(backend, principal, id)));
    found.push(...whole.filter((connector) => connector !== null));
    position = page.next;
  } while (position !== null);
  return found;
}

/** Null when it was removed meanwhile. */
async function getIfThere(
  backend: ConnectorsBackend,
  principal: Principal,
  id: string,
): Promise<ConnectorObject | null> {
  try {
    return await backend.getConnector(principal, id);
  } catch (error) {
    if (AgentError.is(error, 'not_found')) return null;
    throw error;
  }
}

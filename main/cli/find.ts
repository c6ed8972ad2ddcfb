import { AgentError } from '../../drivers/kit/index.ts';
import type { ApiClient } from '../api/client.ts';
import type { ConnectorSummary, DeviceObject } from '../api/schemas/index.ts';

/** The connector of that name or id. Rejects with `not_found` naming those there are. */
export async function findConnector(client: ApiClient, nameOrId: string): Promise<ConnectorSummary> {
  const connectors = await client.listConnectors();
  const found = connectors.find(({ name }) => name === nameOrId) ?? connectors.find(({ id }) => id === nameOrId);
  if (found !== undefined) return found;
  throw new AgentError('not_found', `No connector ${JSON.stringify(nameOrId)} is installed here.`, {
    hint:
      connectors.length === 0
        ? 'None is installed yet: see `fibric-edge devices list`, then `fibric-edge install`.'
        : `There are: ${connectors.map(({ name }) => name).join(', ')}.`,
  });
}

/** The device of that id, or the one at that path. Rejects with `not_found`, or `invalid_parameter` when several share the path. */
export async function findDevice(client: ApiClient, idOrPath: string): Promise<DeviceObject> {
  const devices = await client.listDevices();
  const byId = devices.find(({ id }) => id === idOrPath);
  if (byId !== undefined) return byId;
  const byPath = devices.filter(({ path }) => path === idOrPath);
  const [found, another] = byPath;
  if (found === undefined) {
    throw new AgentError('not_found', `There is no device ${JSON.stringify(idOrPath)} here.`, {
      hint: 'See `fibric-edge devices list` for ids and paths.',
    });
  }
  if (another === undefined) return found;
  throw new AgentError('invalid_parameter', `${idOrPath} stands for several devices.`, {
    hint: `Name one by its id: ${byPath.map(({ id, unit }) => (unit === null ? id : `${id} (unit ${unit})`)).join(', ')}.`,
  });
}

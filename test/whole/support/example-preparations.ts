import type { ExampleWorld } from './example-world.ts';

/** What an example needs beside a scale and a relay board that work, by operation and, where they differ, name. */
export const preparations: Readonly<Record<string, (world: ExampleWorld) => Promise<unknown>>> = {
  'installConnector.scale': removeScale,
  'identifyDevice.dryRun': removeScale,
  'removeConnector.inUse': (world) => world.operator('weight.read'),
  'testConnector.unplugged': (world) => world.host.unplug('scale'),
  'listConnectorTests.last': async (world) =>
    world.admin({ method: 'POST', path: `/v1/connectors/${await world.scale()}/test` }),
  'removeDevice.added': async (world) => {
    const body = { address: 'tcp://192.0.2.61:9100' };
    const { id } = (await world.admin({ method: 'POST', path: '/v1/devices', body })).body;
    world.stands.set('dev_9c4d11', id);
  },
  listConnectorReadings: readWeight,
  getWireLog: recordWeight,
  followWireLog: recordWeight,
  listPastReadings: readWeight,
  listOperators: (world) => world.operator('weight.read'),
  getOperator: (world) => world.operator('weight.read'),
  updateOperator: (world) => world.operator('weight.read'),
  removeOperator: (world) => world.operator('weight.read'),
  listCapabilities: (world) => world.operator('label.print'),
  listJournal: switchRelay,
  getJournalEntry: (world) => world.doubtfulRow(),
  settleJournalEntry: (world) => world.doubtfulRow(),
  listApprovals: (world) => world.approval(),
  getApproval: (world) => world.approval(),
  approve: (world) => world.approval(),
  deny: (world) => world.approval(),
  revokeToken: async (world) => {
    const body = { name: 'packing-station', scopes: ['tools:read'] };
    const { id } = (await world.admin({ method: 'POST', path: '/v1/tokens', body })).body;
    world.stands.set('tok_3e7d55', id);
  },
};

/** What happens while a stream is open, so that it has something to tell. */
export const stirrings: Readonly<Record<string, (world: ExampleWorld) => Promise<unknown>>> = {
  'streamEvents.reading': readWeight,
};

async function removeScale(world: ExampleWorld) {
  await world.admin({ method: 'DELETE', path: `/v1/connectors/${await world.scale()}` });
}

async function readWeight(world: ExampleWorld) {
  const path = `/v1/connectors/${await world.scale()}/call`;
  return world.admin({ method: 'POST', path, body: { tool: 'weight.read' } });
}

async function recordWeight(world: ExampleWorld) {
  const path = `/v1/connectors/${await world.scale()}/wire`;
  await world.admin({ method: 'DELETE', path });
  await world.admin({ method: 'PUT', path, body: { recording: true, for_s: 60 } });
  await readWeight(world);
  await world.admin({ method: 'PUT', path, body: { recording: false } });
}

async function switchRelay(world: ExampleWorld) {
  const path = `/v1/connectors/${await world.relays()}/call`;
  const body = { tool: 'relay.set', arguments: { relay: 1, on: true } };
  return world.admin({ method: 'POST', path, body });
}

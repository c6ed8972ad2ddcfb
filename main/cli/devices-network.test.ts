import { afterEach, describe, expect, it } from 'vitest';
import type { ConnectorsBackend } from '../api/index.ts';
import { exitCodes } from './exit-codes.ts';
import { type AgentDouble, startAgentDouble } from './testing/agent-double.ts';
import { sampleDevice } from './testing/sample-objects.ts';

let agent: AgentDouble | null = null;

afterEach(async () => {
  await agent?.close();
  agent = null;
});

async function start(backend: Partial<ConnectorsBackend>): Promise<AgentDouble> {
  agent = await startAgentDouble(backend);
  return agent;
}

describe('devices', () => {
  it('on the network are tried before they are added, and are added all the same when that is said', async () => {
    const address = 'tcp://10.0.0.5:9100';
    const printer = { ...sampleDevice, id: 'dev_net', bus: 'tcp' as const, path: address, added: true };
    const added: string[] = [];
    const error = { code: 'no_reply', message: '10.0.0.5 does not answer on port 9100.', hint: 'Is it switched on?' };
    const { run } = await start({
      checkAddress: async () => ({ object: 'address_check', address, device: null, reachable: false, error }),
      addDevice: async (_principal, given) => {
        added.push(given);
        return printer;
      },
    });
    const refused = await run('devices', 'add', address);
    expect(refused.code).toBe(exitCodes.failure);
    expect(refused.err).toContain('10.0.0.5 does not answer on port 9100.');
    expect(refused.err).toContain('--unchecked');
    expect(added).toEqual([]);
    expect((await run('devices', 'check', address)).code).toBe(exitCodes.failure);
    expect(JSON.parse((await run('devices', 'add', address, '--unchecked', '--json')).out)).toEqual(printer);
    expect(added).toEqual([address]);
  });

  it('that were added are removed again, after a question', async () => {
    const printer = { ...sampleDevice, id: 'dev_net', bus: 'tcp' as const, path: 'tcp://10.0.0.5:9100', added: true };
    const removed: string[] = [];
    const { run } = await start({
      listDevices: async () => [printer],
      removeDevice: async (_principal, id) => void removed.push(id),
    });
    expect((await run('devices', 'remove', printer.path)).code).toBe(exitCodes.usage);
    expect(removed).toEqual([]);
    expect((await run('devices', 'remove', printer.path, '--yes')).code).toBe(exitCodes.ok);
    expect(removed).toEqual(['dev_net']);
  });
});

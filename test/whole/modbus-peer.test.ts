import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ServerSerial } from 'modbus-serial';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AgentProcess, makeDataDir, removeDataDir, startAgent } from './support/agent-process.ts';
import { connectMcp, makeToken } from './support/mcp.ts';
import { eventually, layWire, type Wire } from './support/wires.ts';

/** A Modbus slave from another hand (modbus-serial) at the far end of a real wire. */
describe('a Modbus RTU slave that is not ours', () => {
  const dataDir = makeDataDir();
  const scratch = join(dataDir, '..');
  const coils = new Array<boolean>(16).fill(false);
  const writes: { readonly coil: number; readonly on: boolean }[] = [];
  let wire: Wire;
  let slave: ServerSerial;
  let agent: AgentProcess;
  let token: string;

  beforeAll(async () => {
    mkdirSync(scratch, { recursive: true });
    wire = await layWire(join(scratch, 'near'), join(scratch, 'far'));
    slave = new ServerSerial(
      {
        getCoil: (address: number) => coils[address] ?? false,
        setCoil: (address: number, on: boolean) => {
          coils[address] = on;
          writes.push({ coil: address, on });
        },
        getInputRegister: (address: number) => (address === 1 ? 0x0131 : address === 2 ? 0x0222 : 0),
        getHoldingRegister: (address: number) => (address === 0x8000 ? 200 : 0),
      },
      { path: wire.far, baudRate: 9600, unitID: 255 },
    );
    await new Promise<void>((resolve) => slave.once('initialized', () => resolve()));
    agent = await startAgent({
      dataDir,
      config: `
discover: false
vault: { provider: keyfile }
paths:
  - path: ${wire.near}
    declared: { product: RS-485 adapter for Modbus, serial_number: PEER-1 }
    units: [1, 2]
install_rules:
  - match: { path: ${wire.near}, unit: 1 }
    listing: cn-modbus
    name: relays
    config: { map: waveshare-relay-8 }
    policy: { default: allow }
  - match: { path: ${wire.near}, unit: 2 }
    listing: cn-modbus
    name: climate
    config: { map: xy-md02 }
`,
    });
    token = await makeToken(agent);
  });

  afterAll(async () => {
    await agent?.stop();
    await new Promise<void>((resolve) => (slave === undefined ? resolve() : slave.close(() => resolve())));
    await wire?.pull();
    removeDataDir(dataDir);
  });

  const connector = async (name: string) => {
    const { data } = (await agent.api.request('GET', '/v1/connectors')) as {
      data: { id: string; name: string; status: string }[];
    };
    return data.find((item) => item.name === name);
  };

  it('answers our reads with the values it holds', async () => {
    const climate = await eventually('climate installed and connected', 5_000, async () => {
      const found = await connector('climate');
      return found?.status === 'connected' ? found : null;
    });
    const client = await connectMcp(agent, climate.id, token);
    const result = await client.callTool({ name: 'sensor_read', arguments: {} });
    expect(result.structuredContent).toMatchObject({
      values: { temperature: { value: '30.5', unit: 'Cel' }, humidity: { value: '54.6', unit: '%' } },
    });
  });

  it('is switched once by one call, and says so when read back', async () => {
    const relays = await connector('relays');
    const client = await connectMcp(agent, relays?.id ?? '', token);
    const result = await client.callTool({
      name: 'relay_set',
      arguments: { relay: 3, on: true, idempotency_key: 'peer-1' },
    });
    expect(result.structuredContent).toMatchObject({
      outcome: 'applied',
      sent: true,
      evidence: 'read_back',
      deduplicated: false,
    });
    const again = await client.callTool({
      name: 'relay_set',
      arguments: { relay: 3, on: true, idempotency_key: 'peer-1' },
    });
    expect(again.structuredContent).toMatchObject({ outcome: 'applied', deduplicated: true });
    expect(writes).toEqual([{ coil: 2, on: true }]);
  });
});

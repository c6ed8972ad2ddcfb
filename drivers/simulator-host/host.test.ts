import { existsSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../kit/index.ts';
import { modbusSimulator } from '../modbus/simulator.ts';
import { connectSimulatorHost, type SimulatorHostClient } from './client.ts';
import { type SimulatorHost, startSimulatorHost } from './host.ts';
import { hostSpecSchema } from './spec.ts';
import { openSerial, type TestPort } from './testing/open-serial.ts';

const READ_COILS = fromHex('01 01 00 00 00 08 3D CC');
const RELAY_1_ON = fromHex('01 05 00 00 FF 00 8C 3A');

describe('the simulator host', () => {
  let folder: string;
  let path: string;
  let controlSocket: string;
  let host: SimulatorHost;
  let client: SimulatorHostClient;
  let port: TestPort | undefined;

  const specOf = (options: Record<string, unknown> = {}) =>
    hostSpecSchema.parse({
      control_socket: controlSocket,
      devices: [
        {
          name: 'bus',
          listing: 'cn-modbus',
          path,
          options: { units: [{ address: 1, map: 'waveshare-relay-8' }] },
          ...options,
        },
      ],
    });

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'simulator-host-'));
    path = join(folder, 'bus');
    controlSocket = join(folder, 'control.sock');
    host = await startSimulatorHost(specOf(), [modbusSimulator]);
    client = await connectSimulatorHost(controlSocket);
  });

  afterEach(async () => {
    await port?.close();
    port = undefined;
    client.close();
    await host.close();
    rmSync(folder, { recursive: true });
  });

  it('answers on a serial port, again after the port was closed and opened', async () => {
    for (let round = 0; round < 2; round += 1) {
      port = await openSerial(path);
      expect(toHex(await port.ask(READ_COILS, 6))).toBe('01 01 01 00 51 88');
      await port.close();
    }
    expect(await client.list()).toMatchObject([
      { name: 'bus', listing: 'cn-modbus', path, plugged: true, fault: 'none', received_count: 16 },
    ]);
  });

  it('shows what it received and its state', async () => {
    port = await openSerial(path);
    await port.ask(RELAY_1_ON, 8);
    expect(await client.state('bus')).toMatchObject({ harmful_count: 1 });
    expect(await client.list()).toMatchObject([{ received_tail: toHex(RELAY_1_ON) }]);
  });

  it('pulls the cable and plugs it in again, keeping the state of the device', async () => {
    port = await openSerial(path);
    await port.ask(RELAY_1_ON, 8);
    await client.unplug('bus');
    await port.lost;
    expect(existsSync(path)).toBe(false);
    expect(await client.list()).toMatchObject([{ plugged: false }]);

    await client.plug('bus');
    port = await openSerial(path);
    expect(toHex(await port.ask(READ_COILS, 6))).toBe('01 01 01 01 90 48');
  });

  it('spoils as many answers as it is told', async () => {
    port = await openSerial(path);
    await client.fault('bus', 'wrong_checksum', 1);
    expect(toHex(await port.ask(READ_COILS, 6))).toBe('01 01 01 00 51 DD');
    expect(toHex(await port.ask(READ_COILS, 6))).toBe('01 01 01 00 51 88');
  });

  it('changes what a person could change', async () => {
    const after = await client.change('bus', { address: 1, relays: { 3: true } });
    expect(after).toMatchObject({ units: [{ relays: expect.arrayContaining([{ relay: 3, on: true }]) }] });
    port = await openSerial(path);
    expect(toHex(await port.ask(READ_COILS, 6))).toBe('01 01 01 04 50 4B');
  });

  it('refuses with a reason, and goes on', async () => {
    await expect(client.state('nobody')).rejects.toMatchObject({
      code: 'invalid_arguments',
      message: expect.stringContaining('nobody'),
    });
    await expect(client.change('bus', { address: 99 })).rejects.toMatchObject({ code: 'invalid_arguments' });
    await expect(client.change('bus', { colour: 'red' })).rejects.toMatchObject({ code: 'invalid_arguments' });
    expect(await client.list()).toHaveLength(1);
  });

  it('ends on stop, and leaves nothing behind', async () => {
    await client.stop();
    await host.ended;
    expect(existsSync(path)).toBe(false);
    expect(existsSync(controlSocket)).toBe(false);
    await expect(client.list()).rejects.toMatchObject({ code: 'closed' });
    await expect(connectSimulatorHost(controlSocket)).rejects.toMatchObject({ code: 'agent_unreachable' });
  });

  it('lets only its user control it', () => {
    expect(statSync(controlSocket).mode & 0o777).toBe(0o600);
  });

  it('does not take the place of another host', async () => {
    await expect(startSimulatorHost(specOf(), [modbusSimulator])).rejects.toMatchObject({ code: 'already_running' });
    expect(await client.list()).toHaveLength(1);
  });

  it('paces the bytes when told to', async () => {
    await host.close();
    host = await startSimulatorHost(specOf({ baud_pacing: 1_200 }), [modbusSimulator]);
    port = await openSerial(path);
    const startedAt = performance.now();
    await port.ask(READ_COILS, 6);
    expect(performance.now() - startedAt).toBeGreaterThan((14 * 10_000) / 1_200 - 5);
  });

  it('replaces the link of a host that was killed, and nothing else', async () => {
    await host.close();
    symlinkSync('/dev/pts/99999', path);
    host = await startSimulatorHost(specOf(), [modbusSimulator]);
    port = await openSerial(path);
    await port.ask(READ_COILS, 6);
    await port.close();
    await host.close();

    writeFileSync(path, 'precious');
    await expect(startSimulatorHost(specOf(), [modbusSimulator])).rejects.toMatchObject({ code: 'state_conflict' });
    expect(existsSync(path)).toBe(true);
    expect(existsSync(controlSocket)).toBe(false);
  });

  it('says which listings it can simulate', async () => {
    await host.close();
    await expect(startSimulatorHost(specOf({ listing: 'cn-toaster' }), [modbusSimulator])).rejects.toMatchObject({
      code: 'invalid_configuration',
      hint: expect.stringContaining('cn-modbus'),
    });
  });
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { AgentError, type SerialSettings } from '../../../../drivers/kit/index.ts';
import { openPty } from '../../../../drivers/simulator-host/socat-pty.ts';
import { agree, type PortServer, type PortServerHabits, startPortServer } from '../../testing/port-server.ts';
import { describeWithSer2net, freePort, startSer2net } from '../../testing/ser2net.ts';
import { openRfc2217Transport } from './rfc2217-transport.ts';

const settings: SerialSettings = {
  baud_rate: 9_600,
  data_bits: 7,
  parity: 'even',
  stop_bits: 1,
  flow_control: 'none',
};
const never = new AbortController().signal;
const everyByte = Uint8Array.from({ length: 256 * 40 }, (_, index) => index % 256);

let server: PortServer | null = null;
afterEach(async () => {
  await server?.close();
  server = null;
});
const open = async (habits: Partial<PortServerHabits> = {}, signal = never, own = settings) => {
  server = await startPortServer(habits);
  const address = { host: '127.0.0.1', port: server.port };
  return openRfc2217Transport(`rfc2217://127.0.0.1:${server.port}`, address, own, signal);
};
const serverOf = (): PortServer => {
  if (server === null) throw new Error('no server');
  return server;
};
/** Answers as it should, but for the request with this code. */
const otherwise = (code: number, ...answer: readonly number[]) => ({
  answer: (request: Uint8Array) =>
    request[0] === code ? (answer.length === 0 ? null : Uint8Array.from(answer)) : agree(request),
});

describe('a serial port of a server', () => {
  it('is set before it is used, and then carries every byte', async () => {
    const transport = await open();
    expect(
      serverOf()
        .requests.slice(0, 5)
        .map((request) => Buffer.from(request).toString('hex')),
    ).toEqual(['0100002580', '0207', '0303', '0401', '0501']);
    await transport.write(everyByte);
    await serverOf().received(everyByte.length);
    expect(serverOf().data().equals(Buffer.from(everyByte))).toBe(true);

    const arrived: number[] = [];
    const all = new Promise<void>((resolve) => {
      transport.onData((chunk) => {
        arrived.push(...chunk);
        if (arrived.length === everyByte.length) resolve();
      });
    });
    serverOf().say({ type: 'data', bytes: everyByte });
    await all;
    expect(Buffer.from(arrived).equals(Buffer.from(everyByte))).toBe(true);
    await transport.close();
  });

  it.each([
    ['baud_rate', otherwise(1, 101, 0, 0, 0x4b, 0), '9600', '19200'],
    ['data_bits', otherwise(2, 102, 8), '7', '8'],
    ['parity', otherwise(3, 103, 1), 'even', 'none'],
    ['stop_bits', otherwise(4, 104, 3), '1', '1.5'],
    ['flow_control', otherwise(5, 105, 3), 'none', 'rts_cts'],
  ])('that refuses %s is not used, and the refused setting is named', async (setting, habits, expected, seen) => {
    await expect(open(habits)).rejects.toMatchObject({
      code: 'unsupported_setting',
      message: expect.stringContaining(`${expected} was refused, it stayed at ${seen}`),
      details: { setting, expected, seen },
    });
  });

  it('may be as far from the speed as its clock divides', async () => {
    // 9615 Bd, as a clock of 16 MHz gives.
    await (await open(otherwise(1, 101, 0, 0, 0x25, 0x8f))).close();
  });

  it.each([
    ['has no control of the port', { refuses: new Set([44]) }, 'refuses to have its line settings controlled'],
    ['does not carry all bytes', { refuses: new Set([0]) }, 'does not carry all bytes unchanged'],
  ])('of a server that %s is not supported, with what to do', async (_what, habits, message) => {
    await expect(open(habits)).rejects.toMatchObject({
      code: 'not_supported',
      message: expect.stringContaining(message),
      hint: expect.stringContaining('tcp://host:port'),
    });
  });

  it('is not to be had where the server says so before it hangs up', async () => {
    await expect(open({ dismissal: 'Port already in use\r\n' })).rejects.toMatchObject({
      code: 'device_unplugged',
      message: expect.stringContaining('"Port already in use"'),
    });
  });

  it('is called off by its signal while the server says nothing', async () => {
    const controller = new AbortController();
    const reason = new AgentError('cancelled', 'enough');
    const opening = open({ mute: true }, controller.signal);
    queueMicrotask(() => setImmediate(() => controller.abort(reason)));
    await expect(opening).rejects.toBe(reason);
  });

  it('holds what is written while the server can take no more, and has it dropped at close', async () => {
    const transport = await open();
    const flow = (code: number) => serverOf().say({ type: 'subnegotiation', option: 44, payload: Uint8Array.of(code) });
    const mark = () => new Promise<void>((resolve) => transport.onData(() => resolve()));
    const FLOWCONTROL_SUSPEND = 108;
    const FLOWCONTROL_RESUME = 109;
    let marked = mark();
    flow(FLOWCONTROL_SUSPEND);
    serverOf().say({ type: 'data', bytes: Uint8Array.of(1) });
    await marked;
    const held = transport.write(Uint8Array.of(65, 66));
    marked = mark();
    flow(FLOWCONTROL_RESUME);
    await held;
    await serverOf().received(2);

    marked = mark();
    flow(FLOWCONTROL_SUSPEND);
    serverOf().say({ type: 'data', bytes: Uint8Array.of(1) });
    await marked;
    const stuck = transport.write(Uint8Array.of(67)).catch((error: unknown) => error);
    await transport.close();
    expect(await stuck).toMatchObject({ code: 'closed' });
    await serverOf().hungUp;
    expect(serverOf().data().toString()).toBe('AB');
    // PURGE-DATA of what was not sent.
    expect(serverOf().requests.at(-1)).toEqual(Uint8Array.of(12, 2));
  });

  it('is lost when the server takes back what was agreed on', async () => {
    const transport = await open();
    const lost = new Promise((resolve) => transport.onClose(resolve));
    serverOf().say({ type: 'negotiation', verb: 'wont', option: 0 });
    expect(await lost).toMatchObject({ code: 'not_supported' });
    await expect(transport.write(Uint8Array.of(1))).rejects.toMatchObject({ code: 'not_supported' });
    await transport.close();
  });

  it('is lost with the connection, and writes nothing then', async () => {
    const transport = await open();
    const lost = new Promise((resolve) => transport.onClose(resolve));
    await serverOf().close();
    expect(await lost).toMatchObject({ code: 'device_unplugged' });
    await expect(transport.write(Uint8Array.of(1))).rejects.toMatchObject({ code: 'device_unplugged' });
    await transport.close();
  });
});

describeWithSer2net('a serial port of ser2net', () => {
  it('carries every byte both ways at the settings asked for, and is free again when it is closed', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'fe-2217-'));
    const far: number[] = [];
    let onFar = () => {};
    const pty = await openPty(join(folder, 'port'), (bytes) => {
      far.push(...bytes);
      onFar();
    });
    const ser2net = await startSer2net(join(folder, 'port'), await freePort());
    const address = { host: '127.0.0.1', port: ser2net.port };
    const path = `rfc2217://127.0.0.1:${ser2net.port}`;
    try {
      for (const own of [settings, { ...settings, baud_rate: 115_200, data_bits: 8, parity: 'none' } as const]) {
        far.length = 0;
        const transport = await openRfc2217Transport(path, address, own, never);
        const allFar = new Promise<void>((resolve) => {
          onFar = () => far.length === everyByte.length && resolve();
        });
        await transport.write(everyByte);
        await allFar;
        expect(Buffer.from(far).equals(Buffer.from(everyByte))).toBe(true);
        const near: number[] = [];
        const allNear = new Promise<void>((resolve) => {
          transport.onData((chunk) => {
            near.push(...chunk);
            if (near.length === everyByte.length) resolve();
          });
        });
        pty.write(everyByte);
        await allNear;
        expect(Buffer.from(near).equals(Buffer.from(everyByte))).toBe(true);
        const second = openRfc2217Transport(path, address, own, never);
        await expect(second).rejects.toMatchObject({
          code: 'device_unplugged',
          message: expect.stringMatching(/in use/i),
        });
        await transport.close();
      }
    } finally {
      await ser2net.end();
      await pty.close();
      rmSync(folder, { recursive: true, force: true });
    }
  }, 30_000);
});

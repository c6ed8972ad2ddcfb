import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type SerialSettings, serialSettingsSchema } from '../../../drivers/kit/index.ts';
import { openPty, type Pty } from '../../../drivers/simulator-host/socat-pty.ts';
import { openError } from './open-errors.ts';
import { openSerialTransport } from './serial-transport.ts';

const settings: SerialSettings = {
  baud_rate: 9_600,
  data_bits: 8,
  parity: 'none',
  stop_bits: 1,
  flow_control: 'none',
};
let folder: string;
let path: string;
let pty: Pty | null;
let onFarData: (bytes: Uint8Array) => void;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'fe-port-'));
  path = join(folder, 'port');
  onFarData = () => {};
  pty = await openPty(path, (bytes) => onFarData(bytes));
});
afterEach(async () => {
  await pty?.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('a serial port', () => {
  it('carries bytes both ways, also more than a terminal holds at a time', async () => {
    const transport = await openSerialTransport(path, settings);
    onFarData = (bytes) => pty?.write(bytes);
    const sent = Uint8Array.from({ length: 100_000 }, (_, index) => index % 251);
    const received: number[] = [];
    const { promise: all, resolve } = Promise.withResolvers<void>();
    transport.onData((chunk) => {
      received.push(...chunk);
      if (received.length >= sent.length) resolve();
    });
    await transport.write(sent);
    await all;
    expect(Buffer.from(received).equals(Buffer.from(sent))).toBe(true);
    await transport.drainWithDeadline(1_000);
    await transport.close();
  });

  it('says at once when the device is unplugged, and then writes nothing', async () => {
    const transport = await openSerialTransport(path, settings);
    const lost = new Promise((resolve) => transport.onClose(resolve));
    await pty?.close();
    expect(await lost).toMatchObject({ code: 'device_unplugged' });
    await expect(transport.write(Uint8Array.of(1))).rejects.toMatchObject({ code: 'device_unplugged' });
    await transport.close();
  });

  it('tells who subscribes late why it is closed, and closes twice without harm', async () => {
    const transport = await openSerialTransport(path, settings);
    await Promise.all([transport.close(), transport.close()]);
    expect(await new Promise((resolve) => transport.onClose(resolve))).toMatchObject({ code: 'closed' });
    await expect(transport.drainWithDeadline(100)).rejects.toMatchObject({ code: 'closed' });
    // Free for the next one.
    await (await openSerialTransport(path, settings)).close();
  });

  it('that holds back what is written can be closed all the same, and the write ends', async () => {
    const transport = await openSerialTransport(path, { ...settings, flow_control: 'xon_xoff' });
    const stopped = new Promise<Uint8Array>((resolve) => transport.onData(resolve));
    const xoff = 0x13;
    pty?.write(Uint8Array.of(xoff, 0x21));
    // XOFF itself is taken by the terminal; what follows it shows that it was seen.
    expect(await stopped).toEqual(Uint8Array.of(0x21));
    let far = 0;
    onFarData = (bytes) => {
      far += bytes.length;
    };
    const sending = async () => {
      await transport.write(Uint8Array.of(1, 2, 3));
      await transport.drainWithDeadline(50);
    };
    const ended = expect(sending()).rejects.toMatchObject({ name: 'AgentError' });
    await transport.close();
    await ended;
    expect(far).toBe(0);
  });

  it('is port_busy while another has it', async () => {
    const first = await openSerialTransport(path, settings);
    await expect(openSerialTransport(path, settings)).rejects.toMatchObject({ code: 'port_busy' });
    await first.close();
  });

  it('is device_unplugged when it is not there', async () => {
    const opening = openSerialTransport(join(folder, 'nothing'), settings);
    await expect(opening).rejects.toMatchObject({ code: 'device_unplugged' });
  });

  it('does not pretend to open what is no port', async () => {
    writeFileSync(join(folder, 'file'), '');
    await expect(openSerialTransport(join(folder, 'file'), settings)).rejects.toMatchObject({ name: 'AgentError' });
  });

  it('opens with every format and flow control that the settings allow', async () => {
    const { data_bits, parity, stop_bits, flow_control } = serialSettingsSchema.shape;
    for (const bits of data_bits.values)
      for (const check of parity.options)
        for (const stop of stop_bits.values)
          for (const flow of flow_control.options) {
            const own = { ...settings, data_bits: bits, parity: check, stop_bits: stop, flow_control: flow };
            await (await openSerialTransport(path, own)).close();
          }
  });
});

describe('a failed open', () => {
  it.each([
    ['Error: Permission denied, cannot open /dev/ttyUSB0', 'permission_denied'],
    ['Error: No such file or directory, cannot open /dev/ttyUSB0', 'device_unplugged'],
    ['Error Resource temporarily unavailable Cannot lock port', 'port_busy'],
    ['Error: Device or resource busy, cannot open /dev/ttyUSB0', 'port_busy'],
    ['Invalid parity setting 2', 'unsupported_setting'],
    ['Error: Invalid argument setting custom baud rate of 12345', 'unsupported_setting'],
    ['Opening COM3: Access denied', 'port_busy'],
    ['Opening COM3: File not found', 'device_unplugged'],
    ['Error: Input/output error, cannot open /dev/ttyS1', 'device_unplugged'],
  ])('%s: %s', (message, code) => {
    expect(openError('/dev/ttyUSB0', settings, new Error(message))).toMatchObject({ code });
  });
});

import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AgentError, formatTcpAddress, type TcpAddress } from '../../../drivers/kit/index.ts';
import { connectError, connectionLost } from './tcp-errors.ts';
import { openTcpTransport } from './tcp-transport.ts';

let server: Server;
let address: TcpAddress;
let accepted: Promise<Socket>;

const open = (signal = new AbortController().signal) => openTcpTransport(formatTcpAddress(address), address, signal);

beforeEach(async () => {
  const { promise, resolve } = Promise.withResolvers<Socket>();
  accepted = promise;
  server = createServer(resolve);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('no port');
  address = { host: '127.0.0.1', port: bound.port };
});
afterEach(() => {
  server.close();
});

describe('a connection to a device on the network', () => {
  it('carries bytes both ways', async () => {
    const transport = await open();
    const far = await accepted;
    const sent = Uint8Array.from({ length: 100_000 }, (_, index) => index % 251);
    const received: Buffer[] = [];
    const { promise: all, resolve } = Promise.withResolvers<void>();
    transport.onData((chunk) => {
      received.push(Buffer.from(chunk));
      if (Buffer.concat(received).length >= sent.length) resolve();
    });
    far.pipe(far);
    await transport.write(sent);
    await all;
    expect(Buffer.concat(received).equals(Buffer.from(sent))).toBe(true);
    await transport.close();
  });

  it('says at once when the device hangs up, and then writes nothing', async () => {
    const transport = await open();
    const lost = new Promise((resolve) => transport.onClose(resolve));
    const heard = new Promise((resolve) => transport.onData(resolve));
    (await accepted).write('hello');
    await heard;
    (await accepted).end();
    expect(await lost).toMatchObject({ code: 'device_unplugged', details: { reason: 'connection_lost' } });
    await expect(transport.write(Uint8Array.of(1))).rejects.toMatchObject({ code: 'device_unplugged' });
    await transport.close();
  });

  it('says that another computer may have the device that hangs up at once', async () => {
    const transport = await open();
    const lost = new Promise((resolve) => transport.onClose(resolve));
    (await accepted).end();
    expect(await lost).toMatchObject({
      code: 'device_unplugged',
      details: { reason: 'hung_up_at_once' },
      hint: expect.stringContaining('one at a time'),
    });
    await transport.close();
  });

  it('tells a connection that was broken off from one that was ended', async () => {
    const transport = await open();
    const heard = new Promise((resolve) => transport.onData(resolve));
    const lost = new Promise((resolve) => transport.onClose(resolve));
    (await accepted).write('hello');
    await heard;
    (await accepted).resetAndDestroy();
    expect(await lost).toMatchObject({ details: { reason: 'connection_reset', seen: 'ECONNRESET' } });
    await transport.close();
  });

  it.each([
    ['ETIMEDOUT', 'timed_out'],
    ['EHOSTUNREACH', 'timed_out'],
    ['EPIPE', 'connection_reset'],
    ['EOTHER', 'connection_lost'],
  ])('that ends with %s later is %s', (errno, reason) => {
    const cause = Object.assign(new Error(errno), { code: errno });
    const past = { openForMs: 60_000, heard: false };
    expect(connectionLost('tcp://h:9100', past, cause)).toMatchObject({
      code: 'device_unplugged',
      details: { reason },
    });
  });

  it('knows how much of a large write it has given away', async () => {
    const transport = await open();
    const far = await accepted;
    const size = 64_000_000;
    const writing = transport.write(new Uint8Array(size)).catch((error: unknown) => error);
    // Until the buffers of both systems are full nothing stops it.
    let before = -1;
    while (before !== transport.left?.()?.atMost) {
      before = transport.left?.()?.atMost ?? 0;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(before).toBeGreaterThan(0);
    expect(before).toBeLessThan(size);
    far.resetAndDestroy();
    expect(await writing).toMatchObject({ code: 'device_unplugged' });
    await transport.close();
  });

  it('rejects a write that the device never took when the connection breaks', async () => {
    const transport = await open();
    const far = await accepted;
    // More than both systems buffer, and nobody reads it.
    const writing = transport.write(new Uint8Array(64_000_000));
    far.resetAndDestroy();
    await expect(writing).rejects.toMatchObject({ code: 'device_unplugged' });
    await transport.close();
  });

  it('throws away at close what the device has not taken', async () => {
    const transport = await open();
    const far = await accepted;
    const ended = new Promise((resolve) => far.on('error', resolve));
    const writing = transport.write(new Uint8Array(64_000_000)).catch((error: unknown) => error);
    await transport.close();
    expect(await writing).toMatchObject({ code: 'closed' });
    far.resume();
    expect(await ended).toMatchObject({ code: 'ECONNRESET' });
  });

  it('tells who subscribes late why it is closed, and closes twice without harm', async () => {
    const transport = await open();
    await transport.close();
    await transport.close();
    const reason = await new Promise((resolve) => transport.onClose(resolve));
    expect(reason).toMatchObject({ code: 'closed' });
  });

  it('says that the host is there when only the port takes no connection', async () => {
    await new Promise((resolve) => server.close(resolve));
    await expect(open()).rejects.toMatchObject({
      code: 'device_unplugged',
      details: { reason: 'connection_refused' },
      hint: expect.stringContaining('9100'),
    });
  });

  it('is called off by its signal', async () => {
    const reason = new AgentError('cancelled', 'enough');
    const controller = new AbortController();
    const opening = open(controller.signal);
    controller.abort(reason);
    await expect(opening).rejects.toBe(reason);
  });

  it.each([
    ['EHOSTUNREACH', 'device_unplugged', 'host_unreachable'],
    ['ENETUNREACH', 'device_unplugged', 'host_unreachable'],
    ['ENOTFOUND', 'device_unplugged', 'name_unknown'],
    ['ETIMEDOUT', 'no_reply', 'timed_out'],
    ['ECONNREFUSED', 'device_unplugged', 'connection_refused'],
    ['ECONNRESET', 'device_unplugged', 'connection_reset'],
  ])('reads %s as %s, %s', (errno, code, reason) => {
    const cause = Object.assign(new Error(errno), { code: errno });
    expect(connectError('tcp://h:9100', { host: 'h', port: 9100 }, cause)).toMatchObject({ code, details: { reason } });
  });
});

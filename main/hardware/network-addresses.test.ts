import { createServer, type Server } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { requireNetworkAddress, tryAddress } from './network-addresses.ts';

let server: Server | null = null;
const signal = new AbortController().signal;

afterEach(() => {
  server?.close();
  server = null;
});

/** A host that takes connections; what it heard over them, once each has ended. */
async function listen(greet: 'stays' | 'hangs-up') {
  const heard: Buffer[] = [];
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  const host = createServer((socket) => {
    socket.on('data', (chunk) => heard.push(chunk));
    socket.on('error', () => {});
    socket.on('close', () => resolve());
    if (greet === 'hangs-up') socket.end();
  });
  server = host;
  await new Promise<void>((listening) => host.listen(0, '127.0.0.1', listening));
  const bound = host.address();
  if (bound === null || typeof bound === 'string') throw new Error('no port');
  return { port: bound.port, heard, ended };
}

it.each(['tcp', 'rfc2217'])('an address by %s is tried without a byte being sent', async (scheme) => {
  const { port, heard, ended } = await listen('stays');
  const address = `${scheme}://127.0.0.1:${port}`;
  expect(await tryAddress(address, signal)).toEqual({ address, deviceId: null, reachable: true, error: null });
  await ended;
  expect(Buffer.concat(heard)).toHaveLength(0);
});

it('a host that hangs up at once is not reached: another computer may hold its only connection', async () => {
  const { port } = await listen('hangs-up');
  expect(await tryAddress(`tcp://127.0.0.1:${port}`, signal)).toMatchObject({
    reachable: false,
    error: { code: 'device_unplugged', details: { reason: 'hung_up_at_once' } },
  });
});

it('a port that nobody listens on is refused, and says so', async () => {
  const { port } = await listen('stays');
  await new Promise((closed) => server?.close(closed));
  expect(await tryAddress(`tcp://127.0.0.1:${port}`, signal)).toMatchObject({
    reachable: false,
    error: { details: { reason: 'connection_refused' } },
  });
});

it('an attempt that is called off is no answer', async () => {
  const { port } = await listen('stays');
  await expect(tryAddress(`tcp://127.0.0.1:${port}`, AbortSignal.abort(new Error('called off')))).rejects.toThrow(
    'called off',
  );
});

it('an address is taken in any way it is written, and in no other', () => {
  expect(requireNetworkAddress(' TCP://Printer.Local ')).toBe('tcp://printer.local:9100');
  expect(requireNetworkAddress('rfc2217://10.0.0.7:4001')).toBe('rfc2217://10.0.0.7:4001');
  for (const wrong of [
    '10.0.0.7',
    'http://10.0.0.7',
    'rfc2217://10.0.0.7',
    'tcp://a:b@c:1',
    'tcp://10.0.0.7/raw',
    '/dev/ttyUSB0',
  ])
    expect(() => requireNetworkAddress(wrong), wrong).toThrow(/no network address/);
});

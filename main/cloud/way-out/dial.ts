import { isIP, connect as netConnect, type Socket } from 'node:net';
import type { ProxyAddress } from './proxy-address.ts';
import { noConnection, type Target, tooLate } from './reasons.ts';
import type { Route } from './route.ts';
import { STEP_MS, settled } from './settled.ts';
import { secure } from './tls.ts';
import { throughProxy } from './tunnel.ts';

/**
 * A connection to the target, through the proxy where the route has one, over TLS where the target is https. Nothing was said to the
 * target. Rejects with `agent_unreachable` (see `reasons.ts`) or the signal's reason. Whoever gets the socket closes it.
 */
export async function dial(target: Target, route: Route, signal: AbortSignal): Promise<Socket> {
  const open = await openTunnel(target, route, signal);
  if (!target.secure) return open;
  return secure(open, { ...target, step: 'tls' }, target, route, signal, async () =>
    openTunnel(target, { ...route, onStep: () => {} }, signal),
  );
}

/** The connection to the target as it is before TLS. */
async function openTunnel(target: Target, route: Route, signal: AbortSignal): Promise<Socket> {
  const { proxy, onStep } = route;
  if (proxy === null) return openTcp(target, null, target, onStep, signal);
  const { address } = proxy;
  const plain = await openTcp(address, address, target, onStep, signal);
  const itself = { host: address.host, origin: address.url, step: 'proxy' } as const;
  const near = address.secure
    ? await secure(plain, itself, target, route, signal, () => openTcp(address, address, target, undefined, signal))
    : plain;
  return throughProxy(near, target, proxy, onStep, signal);
}

function openTcp(
  { host, port }: { readonly host: string; readonly port: number },
  proxy: ProxyAddress | null,
  target: Target,
  onStep: Route['onStep'],
  signal: AbortSignal,
): Promise<Socket> {
  const socket = netConnect({ host, port });
  let resolved = isIP(host) !== 0;
  if (resolved) onStep?.('name', `${host} is an address`);
  socket.once('lookup', (error: Error | null, address: string) => {
    if (error !== null) return;
    resolved = true;
    onStep?.('name', `${host} is ${address}`);
  });
  return settled(
    socket,
    signal,
    () => tooLate(resolved ? 'connection' : 'name', target, proxy, STEP_MS),
    (done, failed) => {
      socket.once('connect', () => {
        onStep?.('connection', `${proxy === null ? target.host : 'the proxy'} takes connections at port ${port}`);
        socket.setNoDelay(true);
        done(socket);
      });
      socket.once('error', (error) => failed(noConnection(target, proxy, error)));
    },
  );
}

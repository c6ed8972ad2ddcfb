import type { IncomingMessage } from 'node:http';
import { isIP, type Socket } from 'node:net';
import type { AgentError } from '../../../drivers/kit/index.ts';
import type { ProxyAddress } from './proxy-address.ts';
import { refusedBy } from './proxy-refusals.ts';
import { type Target, tooLate, wayClosed } from './reasons.ts';
import type { ProxyRoute, Route } from './route.ts';
import { STEP_MS, settled } from './settled.ts';

// An import of node:http evaluates all its exports, WebSocket among them, and with it the whole of undici.
const http = () => process.getBuiltinModule('node:http');

/** CONNECT (RFC 9110, section 9.3.6): what comes after the proxy's 2xx is the target's. */
export async function throughProxy(
  near: Socket,
  target: Target,
  { address, credentials }: ProxyRoute,
  onStep: Route['onStep'],
  signal: AbortSignal,
): Promise<Socket> {
  const place = `${isIP(target.host) === 6 ? `[${target.host}]` : target.host}:${target.port}`;
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const asked = http().request({
    createConnection: () => near,
    method: 'CONNECT',
    path: place,
    setDefaultHeaders: false,
    headers: {
      Host: place,
      'User-Agent': 'fibric-edge',
      ...(credentials === null ? {} : { 'Proxy-Authorization': basic(credentials) }),
    },
  });
  asked.once('connect', (answer: IncomingMessage, _socket: Socket, head: Buffer) => {
    const { statusCode = 0 } = answer;
    if (statusCode < 200 || statusCode > 299) {
      near.destroy();
      return reject(refusedBy(address, target, answer, credentials !== null));
    }
    if (head.length > 0) near.unshift(head);
    resolve(near);
  });
  asked.on('error', (error) => reject(unspoken(address, error)));
  asked.end();
  const socket = await settled<Socket>(
    near,
    signal,
    () => tooLate('proxy', target, address, STEP_MS),
    (done, failed) => promise.then(done, failed),
  );
  onStep?.(
    'proxy',
    `${address.url} opens the way to ${place}${credentials === null ? '' : ` for ${credentials.username}`}`,
  );
  return socket;
}

/** RFC 7617, in UTF-8. */
function basic({ username, password }: { readonly username: string; readonly password: string }): string {
  return `Basic ${Buffer.from(`${username}:${password}`, 'utf8').toString('base64')}`;
}

/** A proxy that broke off, or is none. */
function unspoken(address: ProxyAddress, error: Error): AgentError {
  const code = 'code' in error ? String(error.code) : '';
  const more = { details: { seen: code || error.message }, cause: error };
  return code.startsWith('HPE_')
    ? wayClosed(
        'proxy',
        'proxy_not_http',
        `What answers at ${address.url} is no HTTP proxy.`,
        `Check its address and port; where the proxy itself speaks TLS, its address begins with https://.`,
        more,
      )
    : wayClosed(
        'proxy',
        'proxy_broke_off',
        `The proxy ${address.url} closed the connection without an answer.`,
        'Look at the proxy: it may not reach the hub, be overloaded or restarting, or refuse this machine. It is tried again by itself.',
        more,
      );
}

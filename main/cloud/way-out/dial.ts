import type { X509Certificate } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { isIP, connect as netConnect, type Socket } from 'node:net';
import type { SecureContext, TLSSocket } from 'node:tls';
import { AgentError } from '../../../drivers/kit/index.ts';
import { certificateRefused, isCertificateFault, type SeenCertificate, seenOf } from './certificate-faults.ts';
import type { ProxyAddress } from './proxy-address.ts';
import { refusedBy } from './proxy-refusals.ts';
import { noConnection, type Target, tooLate, type WayStep, wayClosed } from './reasons.ts';

// An import of node:http evaluates all its exports, WebSocket among them, and with it the whole of undici.
const http = () => process.getBuiltinModule('node:http');
const tls = () => process.getBuiltinModule('node:tls');

/** How long each step may take. */
const STEP_MS = 10_000;

/** A proxy, and who this machine is there. */
export interface ProxyRoute {
  readonly address: ProxyAddress;
  readonly credentials: { readonly username: string; readonly password: string } | null;
}

/** How a target is reached. */
export interface Route {
  /** Null: without one. */
  readonly proxy: ProxyRoute | null;
  /** Called when TLS is needed. */
  readonly trust: () => SecureContext;
  /** What is wrong with the configured authority, for whom a certificate is not trusted. */
  readonly caProblem: () => string | null;
  /** Told each step that is done, with what was seen. */
  readonly onStep?: (step: WayStep, seen: string) => void;
}

/**
 * A connection to the target, through the proxy where the route has one, over TLS where the target is https. Nothing was said to the
 * target. Rejects with `agent_unreachable` (see `reasons.ts`) or the signal's reason. Whoever gets the socket closes it.
 */
export async function dial(target: Target, route: Route, signal: AbortSignal): Promise<Socket> {
  const open = await openTunnel(target, route, signal);
  if (!target.secure) return open;
  return secure(open, target, target, route, signal, async () =>
    openTunnel(target, { ...route, onStep: () => {} }, signal),
  );
}

/** The connection to the target as it is before TLS. */
async function openTunnel(target: Target, route: Route, signal: AbortSignal): Promise<Socket> {
  const { proxy, onStep } = route;
  if (proxy === null) return openTcp(target, null, target, onStep, signal);
  const { address } = proxy;
  const plain = await openTcp(address, address, target, onStep, signal);
  const itself = { ...address, origin: address.url };
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

/** CONNECT (RFC 9110, section 9.3.6): what comes after the proxy's 2xx is the target's. */
async function throughProxy(
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
      'Proxy-Connection': 'keep-alive',
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

/** TLS over a connection that stands, with who is at its end. `again` opens another, to look at a certificate that was refused. */
async function secure(
  open: Socket,
  end: Pick<Target, 'origin' | 'host'>,
  target: Target,
  route: Route,
  signal: AbortSignal,
  again: () => Promise<Socket>,
): Promise<Socket> {
  const isProxy = end.origin !== target.origin;
  const socket = startTls(open, end.host, route.trust(), true);
  try {
    await untilSecure(socket, signal, () => tooLate('tls', target, route.proxy?.address ?? null, STEP_MS));
  } catch (error) {
    const code = error instanceof Error && 'code' in error && !(error instanceof AgentError) ? String(error.code) : '';
    if (error instanceof AgentError || signal.aborted) throw error;
    if (!isCertificateFault(code)) throw noTls(end, route.proxy, isProxy, code, error);
    const seen = await look(again, end.host, route.trust(), signal);
    throw certificateRefused(end, code, seen, { now: new Date(), caProblem: route.caProblem(), cause: error });
  }
  if (!isProxy) route.onStep?.('tls', describeTls(socket));
  return socket;
}

function startTls(open: Socket, host: string, secureContext: SecureContext, strict: boolean): TLSSocket {
  return tls().connect({
    socket: open,
    host,
    ...(isIP(host) === 0 ? { servername: host } : {}),
    secureContext,
    ALPNProtocols: ['http/1.1'],
    rejectUnauthorized: strict,
  });
}

function untilSecure(socket: TLSSocket, signal: AbortSignal, late: () => AgentError): Promise<TLSSocket> {
  return settled(socket, signal, late, (done, failed) => {
    socket.once('secureConnect', () => done(socket));
    socket.once('error', failed);
    socket.once('close', () => failed(Object.assign(new Error('closed'), { code: 'ECONNRESET' })));
  });
}

/** The certificate that is shown there; nothing is said to whoever shows it. Null when it does not come to that. */
async function look(
  again: () => Promise<Socket>,
  host: string,
  trust: SecureContext,
  signal: AbortSignal,
): Promise<SeenCertificate | null> {
  try {
    const socket = startTls(await again(), host, trust, false);
    const certificate: X509Certificate | undefined = await untilSecure(
      socket,
      signal,
      () => new AgentError('cancelled', 'late'),
    ).then((seen) => seen.getPeerX509Certificate());
    socket.destroy();
    return certificate === undefined ? null : seenOf(certificate);
  } catch {
    return null;
  }
}

function describeTls(socket: TLSSocket): string {
  const certificate = socket.getPeerX509Certificate();
  const seen = certificate === undefined ? null : seenOf(certificate);
  const who = seen === null ? '' : `, certificate of "${seen.issuer}", good until ${seen.validTo.toISOString()}`;
  return `${socket.getProtocol() ?? 'TLS'}${who}`;
}

function noTls(
  end: Pick<Target, 'origin' | 'host'>,
  proxy: ProxyRoute | null,
  isProxy: boolean,
  code: string,
  cause: unknown,
): AgentError {
  const more = { details: { seen: code }, cause };
  if (code === 'ECONNRESET' || code === 'EPIPE') {
    const through = proxy !== null && !isProxy;
    return wayClosed(
      'tls',
      'tls_broke_off',
      `The connection to ${end.origin} was closed while TLS was set up${through ? `, behind the proxy ${proxy.address.url}` : ''}.`,
      through
        ? 'The proxy may look into TLS and refuse this one, or the hub is not there. Ask for an exception for this hub. It is tried again by itself.'
        : 'A firewall may stand between. It is tried again by itself.',
      more,
    );
  }
  return wayClosed(
    'tls',
    'tls_failed',
    `${end.origin} does not speak TLS as it should (${code || String(cause)}).`,
    'Check the address and the port, and whether it begins with https:// rightly.',
    more,
  );
}

/** Waits for one of the two calls, the signal or the deadline; a socket that came to nothing is destroyed. */
async function settled<Result>(
  socket: Socket,
  signal: AbortSignal,
  late: () => AgentError,
  start: (done: (result: Result) => void, failed: (error: Error) => void) => void,
): Promise<Result> {
  const { promise, resolve, reject } = Promise.withResolvers<Result>();
  const onAbort = () => reject(signal.reason);
  const timer = setTimeout(() => reject(late()), STEP_MS);
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  start(resolve, reject);
  try {
    return await promise;
  } catch (error) {
    // What still comes from a socket that nobody waits for.
    socket.on('error', () => {});
    socket.destroy();
    throw error;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  }
}

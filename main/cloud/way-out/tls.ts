import type { X509Certificate } from 'node:crypto';
import { isIP, type Socket } from 'node:net';
import type { SecureContext, TLSSocket } from 'node:tls';
import { AgentError } from '../../../drivers/kit/index.ts';
import {
  certificateRefused,
  type End,
  isCertificateFault,
  type SeenCertificate,
  seenOf,
} from './certificate-faults.ts';
import { type Target, tooLate, wayClosed } from './reasons.ts';
import type { Route } from './route.ts';
import { STEP_MS, settled } from './settled.ts';

const tls = () => process.getBuiltinModule('node:tls');

/** TLS over a connection that stands, with who is at its end. `again` opens another, to look at a certificate that was refused. */
export async function secure(
  open: Socket,
  end: End,
  target: Target,
  route: Route,
  signal: AbortSignal,
  again: () => Promise<Socket>,
): Promise<Socket> {
  const through = end.step === 'tls' ? (route.proxy?.address.url ?? null) : null;
  const socket = startTls(open, end.host, route.trust(), true);
  try {
    await untilSecure(socket, signal, () => tooLate(end.step, target, route.proxy?.address ?? null, STEP_MS));
  } catch (error) {
    const code = error instanceof Error && 'code' in error && !(error instanceof AgentError) ? String(error.code) : '';
    if (error instanceof AgentError || signal.aborted) throw error;
    if (!isCertificateFault(code)) throw noTls(end, through, code, error);
    const seen = await look(again, end.host, route.trust(), signal);
    throw certificateRefused(end, code, seen, { now: new Date(), caProblem: route.caProblem(), cause: error });
  }
  if (end.step === 'tls') route.onStep?.('tls', describeTls(socket));
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

function noTls(end: End, through: string | null, code: string, cause: unknown): AgentError {
  const more = { details: { seen: code }, cause };
  if (code === 'ECONNRESET' || code === 'EPIPE') {
    return wayClosed(
      end.step,
      'tls_broke_off',
      `The connection to ${end.origin} was closed while TLS was set up${through === null ? '' : `, behind the proxy ${through}`}.`,
      through === null
        ? 'A firewall may stand between. It is tried again by itself.'
        : 'The proxy may look into TLS and refuse this one, or the hub is not there. Ask for an exception for this hub. It is tried again by itself.',
      more,
    );
  }
  return wayClosed(
    end.step,
    'tls_failed',
    `${end.origin} does not speak TLS as it should (${code || String(cause)}).`,
    'Check the address and the port, and whether it begins with https:// rightly.',
    more,
  );
}

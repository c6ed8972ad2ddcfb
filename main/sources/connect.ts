import { lookup } from 'node:dns/promises';
import { isIP, connect as netConnect, type Socket } from 'node:net';
import { AgentError } from '../../drivers/kit/index.ts';
import { refuseAddress, type Target, targetRefused } from './target.ts';

/** One address a name leads to. */
export interface ResolvedAddress {
  readonly address: string;
  readonly family: number;
}

/** Asks the system for every address of a name. */
export type Resolve = (host: string) => Promise<readonly ResolvedAddress[]>;

export const systemResolve: Resolve = (host) => lookup(host, { all: true, order: 'verbatim' });

/** How connections are made; tests bring a resolver and a certificate authority of their own. */
export interface ConnectOptions {
  readonly resolve: Resolve;
  /** PEM; beside the ones that Node trusts. */
  readonly ca?: string;
}

/**
 * A connection to the target, over TLS where it is https. The name is resolved once; every address it leads to is judged,
 * and the connection goes to exactly those, so that a second answer of the name server changes nothing. Rejects with
 * `target_refused`, `source_unreachable`, or the signal's reason.
 */
export async function connectTo(target: Target, options: ConnectOptions, signal: AbortSignal): Promise<Socket> {
  const addresses = await addressesOf(target, options.resolve, signal);
  const { host, port, secure } = target;
  const settings = {
    host,
    port,
    // Never asks again. With several addresses Node tries them in turn.
    lookup: (
      _host: string,
      { all }: { all?: boolean },
      done: (error: null, found: string | ResolvedAddress[], family?: number) => void,
    ) => {
      const [first] = addresses;
      if (all === true) done(null, [...addresses]);
      else done(null, first?.address ?? '', first?.family);
    },
  };
  // Loaded when first needed: 3 MB that an agent without software sources does without.
  const socket = secure
    ? process.getBuiltinModule('node:tls').connect({
        ...settings,
        ...(isIP(host) === 0 ? { servername: host } : {}),
        ALPNProtocols: ['http/1.1'],
        ...(options.ca === undefined ? {} : { ca: options.ca }),
      })
    : netConnect(settings);
  const ready = secure ? 'secureConnect' : 'connect';
  try {
    await new Promise<void>((resolve, reject) => {
      const onAbort = () => reject(signal.reason);
      signal.addEventListener('abort', onAbort, { once: true });
      const settle = (end: () => void) => {
        signal.removeEventListener('abort', onAbort);
        end();
      };
      socket.once(ready, () => settle(resolve));
      socket.once('error', (error) => settle(() => reject(unreachable(target, error))));
      socket.once('close', () => settle(() => reject(unreachable(target, new Error('it hung up')))));
      if (signal.aborted) onAbort();
    });
    const far = socket.remoteAddress;
    const refusal = far === undefined ? 'the connection is gone' : refuseAddress(target, far);
    if (refusal !== null) throw targetRefused(target, refusal);
    return socket;
  } catch (error) {
    // What still comes from a socket that nobody waits for.
    socket.on('error', () => {});
    socket.destroy();
    throw error;
  }
}

async function addressesOf(target: Target, resolve: Resolve, signal: AbortSignal): Promise<readonly ResolvedAddress[]> {
  const family = isIP(target.host);
  const found = family === 0 ? await resolved(target, resolve, signal) : [{ address: target.host, family }];
  for (const { address } of found) {
    const refusal = refuseAddress(target, address);
    if (refusal !== null) throw targetRefused(target, refusal);
  }
  return found;
}

async function resolved(target: Target, resolve: Resolve, signal: AbortSignal): Promise<readonly ResolvedAddress[]> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  try {
    const found = await Promise.race([resolve(target.host), aborted]);
    if (found.length > 0) return found;
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw unreachable(target, error);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
  throw unreachable(target, new Error('its name leads to no address'));
}

/** `source_unreachable`, in the words of what the system said. Never holds a request or a credential. */
export function unreachable(target: Target, cause: unknown): AgentError {
  const code = cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : null;
  const text = cause instanceof Error && cause.message !== '' ? cause.message : (code ?? 'no reason given');
  const [problem, hint] = explain(code, text);
  return new AgentError('source_unreachable', `${target.origin} ${problem}.`, {
    hint,
    details: { device: target.origin, expected: 'an answer', seen: code ?? text },
    cause,
  });
}

function explain(code: string | null, text: string): readonly [string, string] {
  const retry = 'It is tried again by itself.';
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return ["can't be found: its name leads nowhere", `Check base_url and this machine's name server. ${retry}`];
    case 'ECONNREFUSED':
      return ['refuses connections', `Is the source running, and is the port right? ${retry}`];
    case 'ECONNRESET':
    case 'EPIPE':
    case 'HPE_INVALID_EOF_STATE':
      return ['broke the connection off', `Look at the source and what stands in front of it. ${retry}`];
    default:
      if (code !== null && /CERT|TLS|SSL|SELF_SIGNED|ALTNAME|UNABLE_TO|EPROTO/.test(code)) {
        return [
          `has no certificate that this machine trusts (${code})`,
          'Check base_url and the certificate of the source. One of your own authority: NODE_EXTRA_CA_CERTS.',
        ];
      }
      return [`can't be reached: ${text}`, `Check base_url and the network of this machine. ${retry}`];
  }
}

import { isIP } from 'node:net';
import { AgentError } from '../../drivers/kit/index.ts';
import { judgeAddress } from './address-rules.ts';

/** Where a source is, as its configuration says and the rules allow so far. */
export interface Target {
  readonly secure: boolean;
  /** Lower case; an IPv6 address without brackets. */
  readonly host: string;
  readonly port: number;
  /** Before every request's own path; `` or `/shop`. */
  readonly pathPrefix: string;
  /** For messages and comparisons: `https://store.example.com`. */
  readonly origin: string;
  /** A person's configuration file names this host: it may be on this machine or its network. */
  readonly named: boolean;
}

/**
 * Reads `base_url`: https; http only to loopback and only where `allowedTargets` (`host` or `host:port`) names the host. No
 * user name, password, query or fragment. Rejects with `invalid_parameter`, which never quotes what a user name would hold.
 */
export function readTarget(baseUrl: string, allowedTargets: readonly string[]): Target {
  const url = URL.parse(baseUrl);
  if (url === null || /\s/.test(baseUrl)) throw unusable('not an address', 'Write it whole: https://store.example.com');
  if (url.username !== '' || url.password !== '' || /^[a-z]+:[\\/]*[^\\/]*@/i.test(baseUrl)) {
    throw unusable('it holds a user name or password', 'Credentials go into auth, never into an address.');
  }
  if (url.search !== '' || url.hash !== '' || /[?#]/.test(baseUrl)) {
    throw unusable('it holds a query or fragment', 'Give the address of the store alone.');
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw unusable(`${url.protocol} is not https:`, 'Give the https address of the source.');
  }
  const secure = url.protocol === 'https:';
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');
  const port = url.port === '' ? (secure ? 443 : 80) : Number(url.port);
  const shown = url.hostname.startsWith('[') ? `[${host}]` : host;
  const named = allowedTargets.some((allowed) => [shown, `${shown}:${port}`, host].includes(allowed.toLowerCase()));
  if (host === '') throw unusable('it names no host', 'Write it whole: https://store.example.com');
  const target: Target = {
    secure,
    host,
    port,
    pathPrefix: url.pathname.replace(/\/+$/, ''),
    origin: url.origin,
    named,
  };
  if (!secure && !named) {
    throw unusable(
      'http is not encrypted, so that the credentials could be read on the way',
      'Give the https address. For a source on this very machine, name its host under allowed_targets in the configuration file.',
    );
  }
  if (isIP(host) !== 0) {
    const refusal = refuseAddress(target, host);
    if (refusal !== null) throw unusable(refusal, allowHint(target));
  }
  return target;
}

/** Why a connection to `address`, which the target's name leads to, must not be made; null when it may. */
export function refuseAddress({ secure, named }: Target, address: string): string | null {
  const { range, isPublic, isLoopback } = judgeAddress(address);
  if (!secure && !isLoopback) return `http is only for this machine itself, and ${address} is not on it`;
  // What is no unicast address at all stays refused, whoever names it.
  if (range === 'multicast' || range === 'broadcast' || range === 'unspecified' || range === 'invalid') {
    return `${address} is no address of a source (${range})`;
  }
  return isPublic || named ? null : `${address} is not a public address (${range})`;
}

/** The error when a name led to a refused address. */
export function targetRefused(target: Target, refusal: string): AgentError {
  return new AgentError('target_refused', `No connection was made to ${target.origin}: ${refusal}.`, {
    hint: allowHint(target),
    details: { device: target.origin, expected: 'a public address', seen: refusal },
  });
}

function allowHint({ host }: Target): string {
  return `If that is meant, name ${host} under allowed_targets in the configuration file of this machine.`;
}

function unusable(problem: string, hint: string): AgentError {
  return new AgentError('invalid_parameter', `config.base_url: ${problem}.`, {
    hint,
    details: { parameter: 'config.base_url' },
  });
}

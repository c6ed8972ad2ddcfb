import { AgentError } from '../../../drivers/kit/index.ts';

/** Where an HTTP proxy is; never with a credential. */
export interface ProxyAddress {
  /** `http://proxy.example:3128`, without a slash at the end. */
  readonly url: string;
  readonly host: string;
  readonly port: number;
  /** Whether the way to the proxy itself is TLS. */
  readonly secure: boolean;
}

/** An address as people and environments write it. */
export interface WrittenProxy {
  readonly address: ProxyAddress;
  /** From `http://user:password@...`. */
  readonly userInfo: { readonly username: string; readonly password: string } | null;
}

const HINT = 'Give it as http://proxy.example:3128 (or https://, where the proxy itself speaks TLS).';

/** Reads `http://proxy:3128`, `https://proxy`, or `proxy:3128`. Throws `invalid_parameter`; no message repeats a user or a password. */
export function readProxyAddress(text: string): WrittenProxy {
  const written = text.trim();
  const url = URL.parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(written) ? written : `http://${written}`);
  if (url === null || url.hostname === '') throw unusable('This is no address of a proxy.');
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw unusable(`A proxy at ${url.protocol}// is not supported, only HTTP proxies are.`);
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '')
    throw unusable('The address of a proxy is a host and a port, and nothing after them.');
  const secure = url.protocol === 'https:';
  return {
    address: {
      url: `${url.protocol}//${url.host}`,
      host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
      port: url.port === '' ? (secure ? 443 : 80) : Number(url.port),
      secure,
    },
    userInfo:
      url.username === '' && url.password === ''
        ? null
        : { username: decode(url.username), password: decode(url.password) },
  };
}

/** As {@link readProxyAddress}, for places that others can read: one with a user or a password in it is refused. */
export function readBareProxyAddress(text: string): ProxyAddress {
  const { address, userInfo } = readProxyAddress(text);
  if (userInfo === null) return address;
  throw new AgentError('invalid_parameter', 'The address of a proxy must have no user and no password in it.', {
    hint: 'They are kept in the vault: fibric-edge cloud proxy set ADDRESS --user NAME asks for the password.',
    details: { parameter: 'proxy' },
  });
}

/** What cannot be decoded is meant as it stands. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function unusable(message: string): AgentError {
  return new AgentError('invalid_parameter', message, { hint: HINT, details: { parameter: 'proxy' } });
}

import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';
import { AgentError } from '../../drivers/kit/index.ts';
import { type ForwardedNode, readForwarded, readXForwardedFor } from './forwarded-for.ts';
import { canonicalAddress } from './ip-address.ts';

/** Whose request it is, as an address in its one form; null over a local socket. */
export type AddressOf = (request: Pick<IncomingMessage, 'headers' | 'socket'>) => string | null;

/**
 * Whose request it is, behind the proxies with these addresses and networks (`192.0.2.7`, `10.0.0.0/8`, `2001:db8::/32`). Only what comes from one
 * of them is believed: then it is the last address in `Forwarded` or `X-Forwarded-For` that is none of a proxy of these. Where there
 * is none, where it can't be read, or where the two headers disagree (proxies write one of them, and pass on what a stranger wrote into the other), it is the
 * address of the connection itself. Throws `invalid_parameter`.
 */
export function createAddressOf(trustedProxies: readonly string[]): AddressOf {
  const isTrusted = readNetworks(trustedProxies);
  const claim = (nodes: readonly ForwardedNode[] | null): string | null => {
    const client = nodes?.findLast((node) => node === null || !isTrusted(node));
    return client ?? null;
  };
  return ({ headers, socket: { remoteAddress } }) => {
    if (remoteAddress === undefined) return null;
    const peer = canonicalAddress(remoteAddress) ?? remoteAddress;
    if (!isTrusted(peer)) return peer;
    const { forwarded, 'x-forwarded-for': plain } = headers;
    const claims = new Set<string | null>();
    if (forwarded !== undefined) claims.add(claim(readForwarded(forwarded)));
    if (plain !== undefined) claims.add(claim(readXForwardedFor(String(plain))));
    const [only = null] = claims;
    return claims.size === 1 && only !== null ? only : peer;
  };
}

/** Whether an address is in one of them. */
function readNetworks(texts: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  for (const text of texts) addNetwork(list, text);
  return (address) => {
    const version = isIP(address);
    return version !== 0 && list.check(address, version === 4 ? 'ipv4' : 'ipv6');
  };
}

function addNetwork(list: BlockList, text: string): void {
  const [written = '', prefix, ...more] = text.split('/');
  const address = written.includes('%') ? null : canonicalAddress(written);
  if (address === null || more.length > 0) throw unusable(text);
  const family = isIP(address) === 4 ? 'ipv4' : 'ipv6';
  if (prefix === undefined) {
    list.addAddress(address, family);
    return;
  }
  const bits = /^\d{1,3}$/.test(prefix) ? Number(prefix) : Number.NaN;
  // A network of IPv4 that is mapped into IPv6 is counted from there.
  const length = family === 'ipv4' && isIP(written) === 6 ? bits - 96 : bits;
  // Of everybody as a proxy nobody would be the client.
  if (!(length >= 1 && length <= (family === 'ipv4' ? 32 : 128))) throw unusable(text);
  list.addSubnet(address, length, family);
}

function unusable(text: string): AgentError {
  return new AgentError('invalid_parameter', `--trusted-proxy ${text} is no address and no network.`, {
    hint: 'Give the address from which the proxy connects, as 192.0.2.7, or its network, as 10.1.0.0/16 or 2001:db8::/64.',
    details: { parameter: 'trusted_proxy' },
  });
}

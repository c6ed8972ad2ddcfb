import { isIP, SocketAddress } from 'node:net';

/**
 * An address in its one form, so that the same machine is always the same text: IPv6 as RFC 5952 writes it and without its zone, IPv4 that
 * is mapped into IPv6 as IPv4. Null for what is no address.
 */
export function canonicalAddress(text: string): string | null {
  const version = isIP(text);
  if (version === 0) return null;
  const { address } = new SocketAddress({ address: text, family: version === 4 ? 'ipv4' : 'ipv6' });
  return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(address)?.[1] ?? address;
}

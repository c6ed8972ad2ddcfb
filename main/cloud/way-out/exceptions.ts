import ipaddr from 'ipaddr.js';

/** Whether a host is this machine itself: no proxy has anything to do with it. */
export function isLoopback(host: string): boolean {
  const name = host.toLowerCase().replace(/\.$/, '');
  if (name === 'localhost' || name.endsWith('.localhost')) return true;
  return ipaddr.isValid(name) && ipaddr.process(name).range() === 'loopback';
}

/** The entries of a list as `NO_PROXY` has it. */
export function splitExceptions(text: string): readonly string[] {
  return text.split(/[\s,]+/).filter((entry) => entry !== '');
}

/**
 * Whether a host is reached without a proxy, by rules as curl and Go read `NO_PROXY`: `*` is every host; `example.com`, `.example.com`
 * and `*.example.com` are that name and those below it; an address or a network (`10.0.0.0/8`) is that; any of them may have `:port`.
 */
export function isException(host: string, port: number, exceptions: readonly string[]): boolean {
  const name = host.toLowerCase().replace(/\.$/, '');
  return exceptions.some((entry) => matches(name, port, entry.trim().toLowerCase()));
}

function matches(name: string, port: number, entry: string): boolean {
  if (entry === '*') return true;
  if (ipaddr.isValid(name)) return isAddressIn(name, port, entry);
  const [, host = '', onPort] = /^(?:\*?\.)?([^:]*?)\.?(?::(\d+))?$/.exec(entry) ?? [];
  if (host === '' || (onPort !== undefined && Number(onPort) !== port)) return false;
  return name === host || name.endsWith(`.${host}`);
}

function isAddressIn(name: string, port: number, entry: string): boolean {
  const address = ipaddr.process(name);
  if (ipaddr.isValidCIDR(entry)) {
    const [network, bits] = ipaddr.parseCIDR(entry);
    return network.kind() === address.kind() && address.match(network, bits);
  }
  const [, host = '', onPort] = /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(bracketed(entry)) ?? [];
  const bare = host.replace(/^\[(.*)\]$/, '$1');
  if (!ipaddr.isValid(bare) || (onPort !== undefined && Number(onPort) !== port)) return false;
  return ipaddr.process(bare).toNormalizedString() === address.toNormalizedString();
}

/** An IPv6 address alone, in the form in which a port may follow it. */
function bracketed(entry: string): string {
  return ipaddr.IPv6.isValid(entry) ? `[${entry}]` : entry;
}

import ipaddr from 'ipaddr.js';

/** Services of hosting providers that answer only to the machines they run, at addresses that look public. */
const providerServices: ReadonlySet<string> = new Set([
  // Azure's platform channel (WireServer): learn.microsoft.com, "What is IP address 168.63.129.16?"
  '168.63.129.16',
]);

/** What an address is, for the rule that a source's name must not lead into this machine or its network. */
export interface AddressVerdict {
  /** In the words of the registries: `unicast` for a public one, else `private`, `loopback`, `linkLocal`... */
  readonly range: string;
  readonly isPublic: boolean;
  readonly isLoopback: boolean;
}

/**
 * Judges an IP address in text. An IPv4 address inside an IPv6 one (mapped) counts as itself. Only what the library knows
 * as plain unicast is public; translated and tunnelled ranges (NAT64, 6to4, Teredo), whose far end can't be seen, are not.
 * Text that is no address is not public.
 */
export function judgeAddress(text: string): AddressVerdict {
  if (!ipaddr.isValid(text)) return { range: 'invalid', isPublic: false, isLoopback: false };
  const address = ipaddr.process(text);
  const range = providerServices.has(address.toString()) ? 'provider service' : address.range();
  return { range, isPublic: range === 'unicast', isLoopback: range === 'loopback' };
}

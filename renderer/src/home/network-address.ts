/** How a device on the network is spoken to: `tcp`, its bytes and nothing else; `rfc2217`, a serial port of a server. */
export const networkKinds = ['tcp', 'rfc2217'] as const;
/** One of them. */
export type NetworkKind = (typeof networkKinds)[number];

/** An address as people write it down. */
export interface AddressParts {
  readonly kind: NetworkKind;
  readonly host: string;
  /** Empty where the usual one is meant. */
  readonly port: string;
}

/** The address of these parts; whether it is one, the agent says. An IPv6 address gets the brackets it needs. */
export function addressOf({ kind, host, port }: AddressParts): string {
  const name = host.trim();
  const bare = name.includes(':') && !name.startsWith('[') ? `[${name}]` : name;
  return `${kind}://${bare}${port.trim() === '' ? '' : `:${port.trim()}`}`;
}

/** The parts of a whole address, or of a host with its port; null for what is only a host. */
export function partsOf(text: string): AddressParts | null {
  const found = /^\s*(?:(tcp|rfc2217):\/\/)?(\[[^\]]+\]|[^\s:/]+)(?::(\d{1,5}))?\/?\s*$/i.exec(text);
  if (found === null) return null;
  const [, scheme, host = '', port] = found;
  if (scheme === undefined && port === undefined) return null;
  return { kind: scheme?.toLowerCase() === 'rfc2217' ? 'rfc2217' : 'tcp', host, port: port ?? '' };
}

/** Where a device, or the server of its serial port, listens on the network. */
export interface TcpAddress {
  /** A name, an IPv4 address, or an IPv6 address without its brackets; lower case. */
  readonly host: string;
  readonly port: number;
}

/** `tcp`: the device's bytes, raw. `rfc2217`: a serial port of a server, whose line settings go over the network too. */
type NetworkScheme = 'tcp' | 'rfc2217';

/** The port of raw printing ("JetDirect"), which nearly every network printer has. Port servers have no such custom. */
const RAW_PRINTING_PORT = 9100;

const hostForm = /^(?:[a-z0-9](?:[a-z0-9._-]{0,251}[a-z0-9])?|\[[0-9a-f:.]{2,45}\])$/;

/** Whether a device's path means a network address, usable or not. */
export function isNetworkPath(path: string): boolean {
  return schemeOf(path) !== null;
}

/** Whether a device's path means a raw connection, which has no line settings. */
export function isTcpPath(path: string): boolean {
  return schemeOf(path) === 'tcp';
}

/**
 * Reads `tcp://host:port` (port 9100 when left out); null when it is anything else. User names, paths and questions are
 * no part of an address, so that none gets lost on the way.
 */
export function parseTcpAddress(path: string): TcpAddress | null {
  return isTcpPath(path) ? parseAddress(path, RAW_PRINTING_PORT) : null;
}

/** Reads `rfc2217://host:port`; null when it is anything else. */
export function parseRfc2217Address(path: string): TcpAddress | null {
  return schemeOf(path) === 'rfc2217' ? parseAddress(path, 0) : null;
}

/** The one way an address is written, so that one device has one path. */
export function formatTcpAddress(address: TcpAddress): string {
  return formatAddress('tcp', address);
}

/** A network path in the one way it is written; null when it is no usable address. */
export function normaliseNetworkPath(path: string): string | null {
  const tcp = parseTcpAddress(path);
  if (tcp !== null) return formatAddress('tcp', tcp);
  const server = parseRfc2217Address(path);
  return server === null ? null : formatAddress('rfc2217', server);
}

function schemeOf(path: string): NetworkScheme | null {
  const scheme = /^(tcp|rfc2217):\/\//i.exec(path)?.[1]?.toLowerCase();
  return scheme === 'tcp' || scheme === 'rfc2217' ? scheme : null;
}

function parseAddress(path: string, defaultPort: number): TcpAddress | null {
  const found = /^[a-z0-9]+:\/\/(\[[^\]]*\]|[^:/?#@[\]]+)(?::(\d{1,5}))?\/?$/i.exec(path);
  const host = found?.[1]?.toLowerCase() ?? '';
  const port = Number(found?.[2] ?? defaultPort);
  if (!hostForm.test(host) || port < 1 || port > 65_535) return null;
  return { host: host.replace(/^\[|\]$/g, ''), port };
}

function formatAddress(scheme: NetworkScheme, { host, port }: TcpAddress): string {
  return `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

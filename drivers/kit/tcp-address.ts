/** Where a device listens on the network. */
export interface TcpAddress {
  /** A name, an IPv4 address, or an IPv6 address without its brackets; lower case. */
  readonly host: string;
  readonly port: number;
}

/** The port of raw printing ("JetDirect"), which nearly every network printer has. */
const RAW_PRINTING_PORT = 9100;

const hostForm = /^(?:[a-z0-9](?:[a-z0-9._-]{0,251}[a-z0-9])?|\[[0-9a-f:.]{2,45}\])$/;

/** Whether a device's path means a network address. */
export function isTcpPath(path: string): boolean {
  return /^tcp:\/\//i.test(path);
}

/**
 * Reads `tcp://host:port` (port 9100 when left out); null when it is anything else. User names, paths and questions are
 * no part of an address, so that none gets lost on the way.
 */
export function parseTcpAddress(path: string): TcpAddress | null {
  const found = /^tcp:\/\/(\[[^\]]*\]|[^:/?#@[\]]+)(?::(\d{1,5}))?\/?$/i.exec(path);
  const host = found?.[1]?.toLowerCase() ?? '';
  const port = Number(found?.[2] ?? RAW_PRINTING_PORT);
  if (!hostForm.test(host) || port < 1 || port > 65_535) return null;
  return { host: host.replace(/^\[|\]$/g, ''), port };
}

/** The one way an address is written, so that one device has one path. */
export function formatTcpAddress({ host, port }: TcpAddress): string {
  return `tcp://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

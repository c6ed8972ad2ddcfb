import { AgentError, type TcpAddress } from '../../../drivers/kit/index.ts';

/** Why there is no connection, in `details.reason`. */
type TcpFault =
  | 'host_unreachable'
  | 'connection_refused'
  | 'connection_reset'
  | 'timed_out'
  | 'name_unknown'
  | 'connection_lost'
  | 'hung_up_at_once';

/** A device that gives its connection to one computer at a time ends each other one this soon. */
const AT_ONCE_MS = 1_000;

/** What a failed attempt to connect means (errno names of connect(2), and of getaddrinfo). */
export function connectError(path: string, { host, port }: TcpAddress, cause: Error): AgentError {
  const errno = 'code' in cause ? String(cause.code) : cause.message;
  const fault = (reason: TcpFault, message: string, hint: string) =>
    new AgentError('device_unplugged', message, { hint, details: { device: path, reason, seen: errno }, cause });
  switch (errno) {
    case 'ECONNREFUSED':
      return fault(
        'connection_refused',
        `${host} is there, but takes no connection on port ${port}.`,
        'Check the port number (raw printing is 9100 on most printers), and that no other computer holds the only connection; it is tried again by itself.',
      );
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return fault(
        'name_unknown',
        `No host is known by the name ${host}.`,
        'Check the name, or give the address that the printer shows on its status page.',
      );
    case 'ECONNRESET':
      return fault(
        'connection_reset',
        `${host} broke the connection to port ${port} off while it was being made.`,
        'It, or a firewall on the way, does not want this connection: check its access list; it is tried again by itself.',
      );
    case 'ETIMEDOUT':
      return timedOut(path, { host, port }, errno);
    default:
      return fault(
        'host_unreachable',
        `The host ${host} can't be reached (${errno}).`,
        'Check that it is switched on, its network cable or radio, and that its address is right; it is tried again by itself.',
      );
  }
}

/** The host said nothing at all in time. */
export function connectTimeout(path: string, address: TcpAddress, timeoutMs: number): AgentError {
  return timedOut(path, address, `no answer within ${timeoutMs} ms`);
}

function timedOut(path: string, { host, port }: TcpAddress, seen: string): AgentError {
  return new AgentError('no_reply', `${host} does not answer on port ${port}: ${seen}.`, {
    hint: 'Check that it is switched on and that its address is right: a firewall, or an address that nobody has, looks just like this.',
    details: { device: path, reason: 'timed_out' satisfies TcpFault, expected: 'a connection', seen },
  });
}

/** What was seen of a connection before it ended. */
export interface ConnectionPast {
  readonly openForMs: number;
  /** Whether anything came over it. */
  readonly heard: boolean;
}

/** An open connection ended that we did not end. */
export function connectionLost(path: string, past: ConnectionPast, cause?: Error | null): AgentError {
  const errno = cause == null ? null : 'code' in cause ? String(cause.code) : cause.message;
  const fault = (reason: TcpFault, message: string, hint: string) =>
    new AgentError('device_unplugged', message, {
      hint,
      details: { device: path, reason, ...(errno === null ? {} : { seen: errno }) },
      ...(cause == null ? {} : { cause }),
    });
  if (!past.heard && past.openForMs < AT_ONCE_MS && (errno === null || errno === 'ECONNRESET' || errno === 'EPIPE')) {
    return fault(
      'hung_up_at_once',
      `The device at ${path} took the connection and ended it at once.`,
      'Another computer may hold its only connection: most printers take one at a time. It is tried again by itself.',
    );
  }
  switch (errno) {
    case 'ECONNRESET':
    case 'EPIPE':
      return fault(
        'connection_reset',
        `The device at ${path} broke the connection off (${errno}).`,
        'It was probably restarted, or gave its connection to another computer; the connection is made anew by itself.',
      );
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return fault(
        'timed_out',
        `The device at ${path} does not answer any more, not even to keep the connection (${errno}).`,
        'Check that it is switched on, and its network cable; the connection is made anew by itself.',
      );
    default:
      return fault(
        'connection_lost',
        `The device at ${path} ended the connection.`,
        'Check that it is switched on, and its network cable; the connection is made anew by itself.',
      );
  }
}

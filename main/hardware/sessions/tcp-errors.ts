import { AgentError, type TcpAddress } from '../../../drivers/kit/index.ts';

/** Why there is no connection, in `details.reason`. */
type TcpFault = 'host_unreachable' | 'connection_refused' | 'timed_out' | 'name_unknown' | 'connection_lost';

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

/** An open connection ended that we did not end. */
export function connectionLost(path: string, cause?: Error | null): AgentError {
  return new AgentError('device_unplugged', `The device at ${path} ended the connection.`, {
    hint: 'Check that it is switched on, and its network cable; the connection is made anew by itself.',
    details: { device: path, reason: 'connection_lost' satisfies TcpFault },
    ...(cause == null ? {} : { cause }),
  });
}

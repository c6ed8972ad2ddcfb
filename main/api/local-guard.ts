import type { IncomingMessage, ServerResponse } from 'node:http';
import { AgentError } from '../../drivers/kit/index.ts';
import { describeError } from './errors.ts';
import { createRequestId, requestIdHeader } from './request-id.ts';

/** An Express-compatible handler that lets a request on or answers it. */
export type Guard = (request: IncomingMessage, response: ServerResponse, next: () => void) => void;

/**
 * Why a request must not be served on loopback, or null. Host must be one of the three names of this port; Origin, when
 * there is one, the same with `http://` (so `null` never is). This is what keeps web pages, and names that a stranger
 * rebinds to 127.0.0.1, out.
 */
export function checkHostAndOrigin(request: IncomingMessage, port: number): AgentError | null {
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`];
  // Node keeps the first of several Host headers silently; another reader of the same bytes may take the last.
  const hostCount = request.rawHeaders.filter((text, index) => index % 2 === 0 && text.toLowerCase() === 'host').length;
  const { host, origin } = request.headers;
  if (hostCount !== 1 || host === undefined || !hosts.includes(host.toLowerCase())) {
    return new AgentError('forbidden_origin', `The Host header must be one of ${hosts.join(', ')}.`, {
      hint: `Use http://127.0.0.1:${port}.`,
    });
  }
  if (origin !== undefined && !hosts.some((name) => origin.toLowerCase() === `http://${name}`)) {
    return new AgentError('forbidden_origin', 'Web pages of other origins may not call Fibric Edge.', {
      hint: 'Call it from a program (without an Origin header) or from its own window.',
    });
  }
  return null;
}

/**
 * The guard of the loopback endpoint: before authentication, for `/v1`, `/mcp` and streams alike; answers 403 in the
 * envelope. `port` is asked at each request, since it is only known once the server listens.
 */
export function createHostOriginGuard(options: { readonly port: () => number }): Guard {
  return (request, response, next) => {
    const problem = checkHostAndOrigin(request, options.port());
    if (problem === null) {
      next();
      return;
    }
    const known = response.getHeader(requestIdHeader);
    const requestId = typeof known === 'string' ? known : createRequestId();
    const { status, envelope } = describeError(problem, requestId);
    response.writeHead(status, {
      [requestIdHeader]: requestId,
      'Content-Type': 'application/json; charset=utf-8',
      'Cache-Control': 'no-store',
    });
    response.end(JSON.stringify(envelope));
  };
}

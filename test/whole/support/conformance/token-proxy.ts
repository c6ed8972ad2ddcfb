import { once } from 'node:events';
import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A proxy in front of an agent that adds a token to every request: the suite can't, and the agent asks always. */
export interface TokenProxy {
  readonly origin: string;
  close(): Promise<void>;
}

/** Starts one. A foreign Host or Origin goes through as it is, for the agent to refuse; the proxy's own become the agent's. */
export async function startTokenProxy(origin: string, token: string): Promise<TokenProxy> {
  const { host, hostname, port } = new URL(origin);
  let own = '';
  const translate = (value: string) =>
    value.replace(own, host).replace(own.replace('127.0.0.1', 'localhost'), `localhost:${port}`);
  const server = createServer((req, res) => {
    const { host: asked = '', origin: from, ...headers } = req.headers;
    const sent = httpRequest({
      hostname,
      port,
      method: req.method,
      path: req.url,
      headers: {
        ...headers,
        host: translate(asked),
        ...(from === undefined ? {} : { origin: translate(from) }),
        authorization: `Bearer ${token}`,
      },
    });
    sent.once('response', (answer) => {
      res.writeHead(answer.statusCode ?? 502, answer.headers);
      res.flushHeaders();
      answer.pipe(res);
    });
    sent.once('error', () => res.destroy());
    res.once('close', () => sent.destroy());
    req.pipe(sent);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  own = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin: `http://${own}`,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

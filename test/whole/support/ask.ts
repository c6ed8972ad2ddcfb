import { type IncomingHttpHeaders, request } from 'node:http';

/** What a request to an agent carries. */
export interface Asked {
  readonly method: string;
  /** With `/v1` and the query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object | string | undefined;
  /** Of which of this machine's addresses it comes. */
  readonly from?: string;
}

/** An answer read whole. */
export interface Answered {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  // biome-ignore lint/suspicious/noExplicitAny: what the wire says is what the tests look into
  readonly body: any;
}

/** One request as it stands, nothing added but Content-Type for an object: over loopback, or over the agent's local socket. */
export function ask(
  where: { readonly url: string } | { readonly socketPath: string },
  { method, path, headers = {}, body, from }: Asked,
): Promise<Answered> {
  const { promise, resolve, reject } = Promise.withResolvers<Answered>();
  const text = typeof body === 'object' ? JSON.stringify(body) : body;
  const target =
    'url' in where
      ? { host: new URL(where.url).hostname, port: new URL(where.url).port }
      : { socketPath: where.socketPath, host: 'localhost' };
  const sent = request(
    {
      ...target,
      method,
      path,
      agent: false,
      ...(from === undefined ? {} : { localAddress: from }),
      headers: {
        ...(typeof body === 'object' ? { 'Content-Type': 'application/json' } : {}),
        ...(text === undefined ? {} : { 'Content-Length': Buffer.byteLength(text) }),
        ...headers,
      },
    },
    (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('error', reject);
      response.once('end', () => {
        const whole = Buffer.concat(chunks).toString('utf8');
        const isJson = /^application\/json\b/.test(response.headers['content-type'] ?? '');
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: isJson && whole !== '' ? JSON.parse(whole) : whole,
        });
      });
    },
  );
  sent.once('error', reject);
  sent.end(text);
  return promise;
}

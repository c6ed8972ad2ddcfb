import type { IncomingMessage } from 'node:http';
import { AgentError } from '../../../drivers/kit/index.ts';
import type { WayOut } from './way-out.ts';

// An import of node:http evaluates all its exports, WebSocket among them, and with it the whole of undici.
const http = () => process.getBuiltinModule('node:http');

/** One request to a cloud. */
export interface CloudRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly timeoutMs: number;
  /** The longest answer that is read. */
  readonly mostBytes: number;
  /** Over a connection that is kept for the next one, rather than one of its own. */
  readonly pooled: boolean;
  readonly signal: AbortSignal;
}

/** A whole answer, whatever its status. */
export interface CloudAnswer {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  readonly text: string;
}

/** Sends one request. Follows no redirect: what it carries is for one place. Rejects as {@link WayOut.connect}, with what HTTP met, or the signal's reason. */
export type Send = (request: CloudRequest) => Promise<CloudAnswer>;

/** Sends by this way. */
export function createSend(way: Pick<WayOut, 'connect' | 'pool'>): Send {
  return async ({ method, url, headers, body, timeoutMs, mostBytes, pooled, signal }) => {
    const { origin, host, pathname, search } = new URL(url);
    const deadline = AbortSignal.timeout(timeoutMs);
    const either = AbortSignal.any([signal, deadline]);
    const own = pooled ? null : await way.connect(origin, either);
    const { promise, resolve, reject } = Promise.withResolvers<CloudAnswer>();
    const sent = http().request(
      {
        ...(own === null ? { agent: way.pool(origin) } : { createConnection: () => own }),
        host: origin,
        method,
        path: `${pathname}${search}`,
        signal: either,
        headers: {
          Host: host,
          'User-Agent': 'fibric-edge',
          ...(own === null ? {} : { Connection: 'close' }),
          ...(body === undefined ? {} : { 'Content-Length': Buffer.byteLength(body) }),
          ...headers,
        },
      },
      (response) => readWhole(response, mostBytes).then(resolve, reject),
    );
    sent.on('error', reject);
    sent.end(body);
    try {
      return await promise;
    } catch (error) {
      sent.destroy();
      if (signal.aborted) throw signal.reason;
      throw deadline.aborted
        ? new Error(`no answer within ${Math.round(timeoutMs / 1_000)} s`, { cause: error })
        : error;
    } finally {
      own?.destroy();
    }
  };
}

async function readWhole(response: IncomingMessage, mostBytes: number): Promise<CloudAnswer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response) {
    const piece = Buffer.from(chunk);
    size += piece.length;
    if (size > mostBytes) throw new AgentError('bad_reply', 'The answer has no end.');
    chunks.push(piece);
  }
  return {
    status: response.statusCode ?? 0,
    headers: {
      get(name) {
        const value = response.headers[name.toLowerCase()];
        return value === undefined ? null : String(value);
      },
    },
    text: Buffer.concat(chunks).toString('utf8'),
  };
}

import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { AgentError, type HttpRequest, type HttpResponse } from '../../drivers/kit/index.ts';
import { type ConnectOptions, connectTo, unreachable } from './connect.ts';
import type { Target } from './target.ts';

// An import of node:http evaluates all its exports, WebSocket among them, and with it the whole of undici.
const { request: startRequest } = process.getBuiltinModule('node:http');

/** The largest answer that is read. */
const MAX_BODY_BYTES = 4 * 1024 * 1024;
/** How long a connection may take to stand, TLS included. */
const CONNECT_TIMEOUT_MS = 10_000;

/** What drivers see of an answer's headers. */
const shownHeaders = ['content-type', 'retry-after'] as const;

/** Carries requests to one source: adds where it is and who asks, and nothing else may be added. */
export interface HttpTransport {
  /**
   * Sends one request and resolves with the whole answer, whatever its status, but for redirects, which are not followed.
   * `beforeSend` is called when the connection stands, right before the first byte; when it throws, nothing is sent. Never
   * sends twice. Rejects with `source_unreachable`, `target_refused`, `bad_reply`, or the signal's reason.
   */
  send(
    request: HttpRequest,
    options: { readonly signal: AbortSignal | null; readonly timeoutMs: number; readonly beforeSend: () => void },
  ): Promise<HttpResponse>;
}

/** `authorization` is sent as it is; `secrets` are taken out of whatever comes back. */
export function createHttpTransport(
  target: Target,
  authorization: { readonly header: string; readonly secrets: readonly string[] },
  connect: ConnectOptions,
): HttpTransport {
  return {
    async send(request, { signal, timeoutMs, beforeSend }) {
      const own = signal ?? new AbortController().signal;
      const socket = await connectInTime(target, connect, own);
      try {
        beforeSend();
        const deadline = AbortSignal.timeout(timeoutMs);
        const either = AbortSignal.any([own, deadline]);
        try {
          const response = await exchange(target, authorization.header, socket, request, either);
          refuseRedirect(target, response);
          const body = await readBody(target, response, either);
          return {
            status: response.statusCode ?? 0,
            headers: headersOf(response, authorization.secrets),
            body: withoutSecrets(body, authorization.secrets),
          };
        } catch (error) {
          if (own.aborted) throw own.reason;
          if (deadline.aborted) throw late(target, timeoutMs);
          throw error;
        }
      } finally {
        socket.destroy();
      }
    },
  };
}

async function connectInTime(target: Target, connect: ConnectOptions, signal: AbortSignal): Promise<Socket> {
  const deadline = AbortSignal.timeout(CONNECT_TIMEOUT_MS);
  try {
    return await connectTo(target, connect, AbortSignal.any([signal, deadline]));
  } catch (error) {
    if (deadline.aborted && !signal.aborted) {
      throw unreachable(target, new Error(`no connection within ${CONNECT_TIMEOUT_MS / 1000} s`));
    }
    throw error;
  }
}

function exchange(
  target: Target,
  authorization: string,
  socket: Socket,
  { method, target: path, body }: HttpRequest,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const standard = target.port === (target.secure ? 443 : 80);
  const name = target.host.includes(':') ? `[${target.host}]` : target.host;
  const outgoing = startRequest({
    createConnection: () => socket,
    method,
    path: `${target.pathPrefix}${path}`,
    signal,
    setDefaultHeaders: false,
    headers: {
      host: standard ? name : `${name}:${target.port}`,
      authorization,
      accept: 'application/json',
      'accept-encoding': 'identity',
      'user-agent': 'fibric-edge',
      connection: 'close',
      ...(body === null ? {} : { 'content-type': 'application/json' }),
      ...(method === 'GET' ? {} : { 'content-length': String(Buffer.byteLength(body ?? '')) }),
    },
  });
  outgoing.once('response', resolve);
  outgoing.on('error', (error) => reject(brokenOff(target, error)));
  outgoing.end(body ?? undefined);
  return promise;
}

async function readBody(target: Target, response: IncomingMessage, signal: AbortSignal): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of response) {
      const piece = Buffer.from(chunk);
      length += piece.length;
      if (length > MAX_BODY_BYTES) {
        throw new AgentError('bad_reply', `${target.origin} answered more than ${MAX_BODY_BYTES} bytes.`, {
          hint: 'Nothing we ask for is that large. Check base_url.',
          details: { device: target.origin, expected: `at most ${MAX_BODY_BYTES} bytes`, seen: 'more' },
        });
      }
      chunks.push(piece);
    }
  } catch (error) {
    if (signal.aborted || error instanceof AgentError) throw error;
    throw brokenOff(target, error);
  }
  return Buffer.concat(chunks);
}

/** A redirect would carry the credential to wherever it says. */
function refuseRedirect(target: Target, { statusCode = 0, headers: { location } }: IncomingMessage): void {
  if (statusCode < 300 || statusCode > 399) return;
  const to = URL.parse(location ?? '', target.origin)?.origin ?? 'nowhere';
  throw new AgentError(
    'bad_reply',
    `${target.origin} redirects to ${to} (HTTP ${statusCode}), which is not followed.`,
    {
      hint: 'Give the address that answers itself as base_url.',
      details: { device: target.origin, expected: 'an answer', seen: `HTTP ${statusCode} to ${to}` },
    },
  );
}

function headersOf(response: IncomingMessage, secrets: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    shownHeaders.flatMap((name) => {
      const value = response.headers[name];
      if (value === undefined) return [];
      const text = secrets.reduce((sofar, secret) => sofar.replaceAll(secret, '****'), value);
      return [[name, text.slice(0, 200)]];
    }),
  );
}

/** A source that repeats what it was sent must not put it into our logs and answers. */
function withoutSecrets(body: Uint8Array, secrets: readonly string[]): Uint8Array {
  let bytes = Buffer.from(body.buffer, body.byteOffset, body.length);
  for (const secret of secrets) {
    const mark = Buffer.from(secret);
    for (let at = bytes.indexOf(mark); at >= 0; at = bytes.indexOf(mark, at)) {
      bytes = Buffer.concat([bytes.subarray(0, at), Buffer.from('****'), bytes.subarray(at + mark.length)]);
      at += 4;
    }
  }
  return bytes;
}

function brokenOff(target: Target, error: unknown): AgentError {
  if (error instanceof AgentError) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (!code.startsWith('HPE_') || code === 'HPE_INVALID_EOF_STATE') return unreachable(target, error);
  return new AgentError('bad_reply', `${target.origin} does not answer in HTTP (${code}).`, {
    hint: 'Check base_url: another service may be at this address.',
    details: { device: target.origin, expected: 'HTTP', seen: code },
    cause: error,
  });
}

function late(target: Target, timeoutMs: number): AgentError {
  return new AgentError('source_unreachable', `${target.origin} has not answered within ${timeoutMs} ms.`, {
    hint: 'It may be overloaded; allow more time with reply_timeout_ms. It is tried again by itself.',
    details: { device: target.origin, expected: `an answer within ${timeoutMs} ms`, seen: 'none' },
  });
}

import type { ServerResponse } from 'node:http';
import type { JsonObject } from '../../drivers/kit/index.ts';
import type { Scope } from '../api/index.ts';

/** What is answered before the protocol is reached: an HTTP status with a JSON-RPC error. */
export interface Refusal {
  readonly status: 400 | 401 | 403 | 404 | 405 | 413 | 415 | 429 | 500 | 502 | 503 | 504;
  /** JSON-RPC error code. */
  readonly code: number;
  readonly message: string;
  /** For programs. */
  readonly data?: JsonObject;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Answers with a refusal. The connection ends when the body was not read. */
export function refuse(
  res: ServerResponse,
  { status, code, message, data, headers }: Refusal,
  id: string | number | null = null,
): void {
  if (res.destroyed || res.headersSent) return;
  const body = JSON.stringify({ jsonrpc: '2.0', error: { code, message, ...(data ? { data } : {}) }, id });
  res.writeHead(status, {
    'Content-Type': 'application/json',
    'Content-Length': String(Buffer.byteLength(body)),
    'Cache-Control': 'no-store',
    ...headers,
  });
  res.end(body);
}

/** The same as a web response. */
export function refusalResponse({ status, code, message, headers }: Refusal): Response {
  return Response.json(
    { jsonrpc: '2.0', error: { code, message }, id: null },
    { status, ...(headers ? { headers } : {}) },
  );
}

/** 401 or 403 with the challenge of RFC 6750 section 3: `error` and `scope`, and no metadata, since tokens are made on the machine. */
export function challenge(
  status: 401 | 403,
  error: 'invalid_token' | 'insufficient_scope',
  scopes: readonly Scope[],
  message: string,
): Refusal {
  const description = message.replaceAll(/[^\x20-\x7e]|["\\]/g, ' ');
  return {
    status,
    code: -32_000,
    message,
    headers: {
      'WWW-Authenticate': `Bearer error="${error}", error_description="${description}", scope="${scopes.join(' ')}"`,
    },
  };
}

/** For a body that says it is something else than JSON. */
export const wrongType: Refusal = { status: 415, code: -32_000, message: 'The Content-Type must be application/json.' };

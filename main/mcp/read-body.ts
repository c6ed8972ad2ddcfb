import type { IncomingMessage } from 'node:http';
import type { Refusal } from './refusal.ts';

const MAX_BODY_BYTES = 1024 * 1024;

/** A request's JSON, or why there is none. */
export type Body =
  | { readonly type: 'json'; readonly value: unknown }
  | { readonly type: 'refused'; readonly refusal: Refusal };

const tooLarge: Body = {
  type: 'refused',
  refusal: {
    status: 413,
    code: -32_000,
    message: `The body is larger than ${MAX_BODY_BYTES} bytes.`,
    headers: { Connection: 'close' },
  },
};
const notJson: Body = {
  type: 'refused',
  refusal: { status: 400, code: -32_700, message: 'Parse error: the body is not JSON.' },
};

/** Reads a body of at most 1 MiB, or takes what a body parser before us left. Rejects when the caller goes away meanwhile. */
export async function readBody(req: IncomingMessage & { readonly body?: unknown }): Promise<Body> {
  if (req.body !== undefined) return { type: 'json', value: req.body };
  if (Number(req.headers['content-length'] ?? 0) > MAX_BODY_BYTES) return tooLarge;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of req) {
    if (!Buffer.isBuffer(chunk)) return notJson;
    size += chunk.length;
    if (size > MAX_BODY_BYTES) return tooLarge;
    chunks.push(chunk);
  }
  try {
    const value: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'));
    return { type: 'json', value };
  } catch {
    return notJson;
  }
}

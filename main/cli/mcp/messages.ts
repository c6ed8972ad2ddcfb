import { z } from 'zod';

const idSchema = z.union([z.string(), z.number()]);
const versionKey = 'io.modelcontextprotocol/protocolVersion';
const messageSchema = z.looseObject({
  id: idSchema.optional(),
  method: z.string().optional(),
  params: z
    .looseObject({
      name: z.string().optional(),
      uri: z.string().optional(),
      requestId: idSchema.optional(),
      _meta: z.looseObject({ [versionKey]: z.string().optional() }).optional(),
    })
    .optional(),
});

/** The id of a JSON-RPC request. */
export type MessageId = z.output<typeof idSchema>;

/** One line of a client, as far as a relay has to know it. */
export interface Message {
  /** The line, to be passed on as it is. */
  readonly text: string;
  /** Null for what no method names: an answer of the client, or a batch. */
  readonly method: string | null;
  /** Null for what wants no answer. */
  readonly id: MessageId | null;
  /** The revision a request of 2026-07-28 and after carries in itself; null for those of a session. */
  readonly revision: string | null;
  /** The request that a cancellation means. */
  readonly cancels: MessageId | null;
  /** What `resources/subscribe` and `resources/unsubscribe` mean. */
  readonly uri: string | null;
  /** The headers that HTTP wants of this message, drawn from it. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Reads a line; null when it is no JSON-RPC. */
export function readMessage(text: string): Message | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  const nothing = { text, method: null, id: null, revision: null, cancels: null, uri: null, headers: {} };
  if (Array.isArray(value)) return nothing;
  const parsed = messageSchema.safeParse(value);
  if (!parsed.success) return null;
  const { id = null, method = null, params } = parsed.data;
  if (method === null) return nothing;
  const revision = params?._meta?.[versionKey] ?? null;
  const name = method === 'resources/read' ? params?.uri : namedMethods.has(method) ? params?.name : undefined;
  return {
    text,
    method,
    id,
    revision,
    cancels: method === 'notifications/cancelled' ? (params?.requestId ?? null) : null,
    uri: params?.uri ?? null,
    headers:
      revision === null
        ? {}
        : {
            'MCP-Protocol-Version': revision,
            'Mcp-Method': method,
            ...(name === undefined ? {} : { 'Mcp-Name': headerValue(name) }),
          },
  };
}

const answerSchema = z.looseObject({ id: idSchema, method: z.undefined().optional() });

/** Whether a line of the agent is the answer to the request of that id, and no notification before it. */
export function isAnswerTo(line: string, id: MessageId | null): boolean {
  try {
    return answerSchema.safeParse(JSON.parse(line)).data?.id === id;
  } catch {
    return false;
  }
}

/** A JSON-RPC error on one line. */
export function errorLine(id: MessageId | null, code: number, message: string): string {
  return JSON.stringify({ jsonrpc: '2.0', id, error: { code, message } });
}

const namedMethods: ReadonlySet<string> = new Set(['tools/call', 'prompts/get']);

/** A value as a header carries it: plain where it can be, else as the specification's Base64 form. */
function headerValue(value: string): string {
  const plain = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(value) && !value.startsWith('=?base64?');
  return plain ? value : `=?base64?${Buffer.from(value, 'utf8').toString('base64')}?=`;
}

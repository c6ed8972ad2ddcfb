import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import { AgentError, type JsonValue } from '../../drivers/kit/index.ts';
import type { Principal } from '../../main/api/index.ts';
import type { ToolObject } from '../../main/api/schemas/index.ts';
import { challenge, type Refusal, readBody, refuse } from '../../main/mcp/http.ts';
import { callerOf, mintKey } from '../backend/agent-side.ts';
import type { View } from '../backend/view.ts';
import type { RelayedAnswer } from '../link/agent-link.ts';
import { agentOffline } from '../link/link-faults.ts';
import type { LinkServer } from '../link/link-server.ts';
import { sealSession, unsealSession } from './session-seal.ts';

/** A stream of a session or of a listener ends when its caller ends it, or after this. */
const LONGEST_MS = 600_000;
const methods = ['GET', 'POST', 'DELETE'] as const;

const toolCall = z.looseObject({
  method: z.literal('tools/call'),
  params: z.looseObject({ name: z.string(), arguments: z.record(z.string(), z.json()).optional() }),
});

/** Relays MCP of a connector to the machine it is at, whole: the machine answers, this only carries. */
export function createMcpRelay(parts: {
  readonly view: View;
  readonly links: LinkServer;
  /** Binds sessions to the keys that opened them. */
  readonly secret: Buffer;
  readonly onFault: (error: unknown) => void;
}) {
  const { view, links, secret, onFault } = parts;
  return async (
    request: IncomingMessage,
    response: ServerResponse,
    authenticate: (request: IncomingMessage) => Principal,
  ): Promise<void> => {
    try {
      const refusal = await relay(request, response, authenticate);
      if (refusal !== null) refuse(response, refusal);
    } catch (error) {
      const refusal = refusalFor(error);
      if (refusal === null) onFault(error);
      refuse(response, refusal ?? { status: 500, code: -32_603, message: 'Internal error' });
    }
  };

  async function relay(
    request: IncomingMessage,
    response: ServerResponse,
    authenticate: (request: IncomingMessage) => Principal,
  ): Promise<Refusal | null> {
    const principal = authenticate(request);
    const connectorId = /^\/mcp\/([^/?]+)/.exec(request.url ?? '')?.[1] ?? '';
    const method = methods.find((known) => known === request.method);
    if (method === undefined)
      return { status: 405, code: -32_000, message: 'Only POST, GET and DELETE are answered here.' };
    let body: JsonValue = null;
    if (method === 'POST') {
      const read = await readBody(request);
      if (read.type === 'refused') return read.refusal;
      body = z.json().parse(read.value);
    }
    const { agent, tools } = view.connector(principal, connectorId);
    const link = links.link(agent.id);
    if (link === null) throw agentOffline(agent.name, agent.last_seen_at);
    const headers = protocolHeaders(request);
    const session = headers['mcp-session-id'];
    if (session !== undefined) {
      const unsealed = unsealSession(secret, session, principal.id);
      if (unsealed === null) return unknownSession;
      headers['mcp-session-id'] = unsealed;
    }
    const { keyed, mintedKey } = withKey(body, tools);
    const gone = new AbortController();
    response.once('close', () => {
      if (!response.writableFinished) gone.abort();
    });
    const answer = await link.relay(
      { verb: 'mcp', connector_id: connectorId, method, headers, body: keyed },
      {
        caller: callerOf(principal),
        mintedKey,
        deadlineMs: LONGEST_MS,
        signal: AbortSignal.any([gone.signal, principal.ended]),
      },
    );
    response.once('finish', answer.delivered);
    await write(answer, response, (opened) => sealSession(secret, opened, principal.id));
    return null;
  }
}

async function write(
  answer: RelayedAnswer,
  response: ServerResponse,
  seal: (sessionId: string) => string,
): Promise<void> {
  const headers = { ...answer.headers };
  const session = headers['mcp-session-id'];
  if (session !== undefined) headers['mcp-session-id'] = seal(session);
  for (const name of hopByHop) delete headers[name];
  response.writeHead(answer.status, { 'cache-control': 'no-store', ...headers });
  response.flushHeaders();
  try {
    for await (const part of answer.parts) {
      if (response.destroyed) return;
      if (!response.write(part)) await once(response, 'drain', { signal: AbortSignal.any([closed(response)]) });
    }
    response.end();
  } catch {
    // The link was cut in the middle: an answer that ends early is the only honest one.
    response.destroy();
  }
}

/** Between the machine and itself only (RFC 9110, section 7.6.1). */
const hopByHop = ['connection', 'keep-alive', 'transfer-encoding', 'content-length'] as const;

/** A side effect without a key gets one, so that the caller may ask again after a cut. */
function withKey(
  body: JsonValue,
  tools: readonly ToolObject[],
): { readonly keyed: JsonValue; readonly mintedKey: string | null } {
  const call = toolCall.safeParse(body);
  if (!call.success) return { keyed: body, mintedKey: null };
  const { name, arguments: args = {} } = call.data.params;
  const tool = tools.find((candidate) => candidate.name === name || candidate.name.replaceAll('.', '_') === name);
  if (tool?.side_effect !== true || args['idempotency_key'] !== undefined) return { keyed: body, mintedKey: null };
  const mintedKey = mintKey();
  const params = { ...call.data.params, arguments: { ...args, idempotency_key: mintedKey } };
  return { keyed: z.json().parse({ ...call.data, params }), mintedKey };
}

function protocolHeaders({ headers }: IncomingMessage): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (typeof value !== 'string') continue;
    if (name === 'accept' || name === 'content-type' || name.startsWith('mcp-')) kept[name] = value;
  }
  return kept;
}

const unknownSession: Refusal = {
  status: 404,
  code: -32_001,
  message: 'Session not found: it has ended, or another key opened it. Send initialize without Mcp-Session-Id.',
};

function refusalFor(error: unknown): Refusal | null {
  if (!AgentError.is(error)) return null;
  const { code } = error;
  const message = error.hint === undefined ? error.message : `${error.message} ${error.hint}`;
  if (code === 'key_invalid' || code === 'key_revoked') {
    return challenge(401, 'invalid_token', ['tools:read', 'tools:act'], message);
  }
  if (code === 'not_found') return { status: 404, code: -32_000, message: 'There is no such connector here.' };
  if (code === 'internal_error') return null;
  return { status: 502, code: -32_000, message };
}

function closed(response: ServerResponse): AbortSignal {
  const abort = new AbortController();
  if (response.destroyed) abort.abort();
  response.once('close', () => abort.abort());
  return abort.signal;
}

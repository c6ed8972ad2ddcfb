import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import { AgentError, type JsonValue } from '../../drivers/kit/index.ts';
import { createStreamCount, type Principal } from '../../main/api/index.ts';
import { challenge, protocolHeaders, type Refusal, readBody, refuse, wrongType } from '../../main/mcp/http.ts';
import type { AgentRow } from '../agents/registry.ts';
import { callerOf } from '../backend/agent-side.ts';
import type { View } from '../backend/view.ts';
import type { Clock } from '../clock.ts';
import { type FairTurns, turnsOf } from '../http/fair-turns.ts';
import { agentOffline } from '../link/link-faults.ts';
import type { LinkServer } from '../link/link-server.ts';
import type { AllConnectors } from './all/all-connectors.ts';
import { type Asked, type AskedCall, readAsked } from './asked.ts';
import { answerFailure } from './failed-answer.ts';
import { sealSession, unsealSession } from './session-seal.ts';
import { writeAnswer } from './write-answer.ts';

/** No call takes longer at a machine (docs/decisions/0018-no-job-status-tool.md); what waits for its device is told so before. */
const CALL_MS = 60_000;
/** Streams that one key may have open at once. */
const MOST_STREAMS = 64;
const methods = ['GET', 'POST', 'DELETE'] as const;

/** What answers `/mcp` and relays `/mcp/{connector id}`. Never rejects. */
export type McpRelay = (
  request: IncomingMessage,
  response: ServerResponse,
  authenticate: (request: IncomingMessage) => Principal,
) => Promise<void>;

/** What a relay works with. */
export interface McpRelayParts {
  /** The hub's own address: a web page of another one may not call it. */
  readonly origin: () => string;
  /** What answers `/mcp`, for all connectors at once. */
  readonly allConnectors: Pick<AllConnectors, 'handle'>;
  readonly view: Pick<View, 'connector'>;
  readonly links: Pick<LinkServer, 'link'>;
  /** Binds sessions to the keys that opened them. */
  readonly secret: Buffer;
  readonly turns: FairTurns;
  readonly clock: Clock;
  readonly onFault: (error: unknown) => void;
}

/**
 * Relays MCP of a connector to the machine it is at, whole: the machine answers, this only carries. Streams live until
 * caller, key, link, pairing or grant end them; what the machine can't answer any more is answered here.
 */
export function createMcpRelay({
  origin,
  allConnectors,
  view,
  links,
  secret,
  turns,
  clock,
  onFault,
}: McpRelayParts): McpRelay {
  const streams = createStreamCount(MOST_STREAMS);

  return async (request, response, authenticate) => {
    let asked: Asked | null = null;
    try {
      if (!isOwnOrigin(request, origin())) return refuse(response, otherOrigin);
      const principal = authenticate(request);
      await turns.take(turnsOf(principal));
      if (/^\/mcp\/?(?:\?|$)/.test(request.url ?? '')) return await allConnectors.handle(request, response, principal);
      const refusal = await relay(request, response, principal, (read) => {
        asked = read;
      });
      if (refusal !== null) refuse(response, refusal);
    } catch (error) {
      const answer = answerFailure(error, asked);
      if (answer === null) onFault(error);
      if (answer?.type === 'result') respond(response, JSON.stringify(answer.message));
      else refuse(response, answer?.refusal ?? internal, answer?.id ?? null);
    }
  };

  async function relay(
    request: IncomingMessage,
    response: ServerResponse,
    principal: Principal,
    onAsked: (asked: Asked) => void,
  ): Promise<Refusal | null> {
    if (lacks(principal, 'tools:read') && lacks(principal, 'tools:act')) return lacking('tools:read', 'tools:act');
    const connectorId = /^\/mcp\/([^/?]+)/.exec(request.url ?? '')?.[1] ?? '';
    const method = methods.find((known) => known === request.method);
    if (method === undefined) return wrongMethod;
    let body: JsonValue = null;
    if (method === 'POST') {
      if (!/^application\/json\s*(?:;|$)/i.test(request.headers['content-type'] ?? '')) return wrongType;
      const read = await readBody(request);
      if (read.type === 'refused') return read.refusal;
      if (!isSmall(request)) await turns.take(turnsOf(principal));
      body = asJson(read.value);
    }
    const headers = protocolHeaders(request.headers);
    const { agent, tools } = view.connector(principal, connectorId);
    const asked = readAsked(method, headers['mcp-protocol-version'], body, tools);
    onAsked(asked);
    if (asked.call !== null) requireMay(principal, agent, asked.call);
    const session = headers['mcp-session-id'];
    if (session !== undefined) {
      const unsealed = unsealSession(secret, session, principal.id);
      if (unsealed === null) return unknownSession;
      headers['mcp-session-id'] = unsealed;
    }
    const link = links.link(agent.id);
    if (link === null) throw agentOffline(agent.name, agent.last_seen_at);
    if (asked.isStream) streams.requireRoom(principal.id);
    const release = asked.isStream ? streams.take(principal.id) : () => {};
    const gone = new AbortController();
    const left = () => {
      if (!response.writableFinished) gone.abort();
    };
    response.once('close', left);
    try {
      const answer = await link.relay(
        { verb: 'mcp', connector_id: connectorId, method, headers, body: asked.body },
        {
          caller: callerOf(principal),
          mintedKey: asked.mintedKey,
          deadlineMs: asked.isStream ? null : CALL_MS,
          signal: AbortSignal.any([gone.signal, principal.ended]),
        },
      );
      response.once('finish', answer.delivered);
      await writeAnswer(answer, response, {
        clock,
        headersOf: ({ headers: given }) => answerHeaders(given, (opened) => sealSession(secret, opened, principal.id)),
        lastWord(error) {
          if (asked.isStream || AgentError.is(error, 'cancelled')) return null;
          const word = answerFailure(error, asked);
          if (word?.type === 'result') return word.message;
          if (word === null || word.id === null) return null;
          const { code, message, data = {} } = word.refusal;
          return { jsonrpc: '2.0', id: word.id, error: { code, message, data } };
        },
      });
    } finally {
      release();
    }
    return null;
  }
}

/**
 * Whether a request comes from no web page, or from one of this hub itself (MCP, Streamable HTTP, security warning). Host
 * says nothing here: a proxy may write its own, and nothing is answered without a key.
 */
function isOwnOrigin({ headers, socket }: IncomingMessage, own: string): boolean {
  const { origin } = headers;
  if (origin === undefined) return true;
  const scheme = 'encrypted' in socket ? 'https' : 'http';
  const local = ['127.0.0.1', 'localhost', '[::1]'].map((name) => `${scheme}://${name}:${socket.localPort}`);
  return [own, ...local].includes(origin.toLowerCase());
}

/** Whether the body is understood in no time, however many come at once. */
function isSmall({ headers }: IncomingMessage): boolean {
  return Number(headers['content-length'] ?? Number.NaN) <= 16 * 1024;
}

/** Throws `insufficient_scope` where the key, or the machine's grant, does not reach as far as the call. */
function requireMay(principal: Principal, agent: AgentRow, { tool }: AskedCall): void {
  const scope = tool.side_effect ? 'tools:act' : 'tools:read';
  if (lacks(principal, scope)) {
    throw new AgentError('insufficient_scope', `The key lacks the scope ${scope}.`, {
      details: { grant: tool.side_effect ? 'act' : 'read' },
    });
  }
  if (!tool.side_effect || agent.grants.act) return;
  throw new AgentError('insufficient_scope', `The machine ${agent.name} does not let its hub act.`, {
    hint: 'On the machine: fibric-edge cloud grant act (or in its window, under Cloud).',
    details: { grant: 'act' },
  });
}

function lacks(principal: Principal, scope: 'tools:read' | 'tools:act'): boolean {
  return !principal.scopes.has(scope);
}

function lacking(...scopes: ('tools:read' | 'tools:act')[]): Refusal {
  return challenge(403, 'insufficient_scope', scopes, `The key lacks the scope ${scopes.join(' or ')}.`);
}

/** As a value of JSON whose depth this process bears. */
function asJson(value: unknown): JsonValue {
  try {
    return z.json().parse(value);
  } catch {
    throw new AgentError('invalid_parameter', 'The body is nested too deeply.');
  }
}

/** Between the machine and itself only (RFC 9110, section 7.6.1). */
const hopByHop = ['connection', 'keep-alive', 'transfer-encoding', 'content-length'] as const;

function answerHeaders(
  given: Readonly<Record<string, string>>,
  seal: (sessionId: string) => string,
): Readonly<Record<string, string>> {
  const headers = { ...given };
  const session = headers['mcp-session-id'];
  if (session !== undefined) headers['mcp-session-id'] = seal(session);
  for (const name of hopByHop) delete headers[name];
  return headers;
}

function respond(response: ServerResponse, body: string): void {
  if (response.destroyed || response.headersSent) return;
  response.writeHead(200, {
    'Content-Type': 'application/json',
    'Content-Length': String(Buffer.byteLength(body)),
    'Cache-Control': 'no-store',
  });
  response.end(body);
}

const internal: Refusal = { status: 500, code: -32_603, message: 'Internal error' };
const otherOrigin: Refusal = {
  status: 403,
  code: -32_000,
  message: 'Web pages of other origins may not call this hub. Call it from a program (without an Origin header).',
};
const wrongMethod: Refusal = {
  status: 405,
  code: -32_000,
  message: 'Only POST, GET and DELETE are answered here.',
  headers: { Allow: 'POST, GET, DELETE' },
};
const unknownSession: Refusal = {
  status: 404,
  code: -32_001,
  message: 'Session not found: it has ended, or another key opened it. Send initialize without Mcp-Session-Id.',
};

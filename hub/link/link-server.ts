import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import { AgentError } from '../../drivers/kit/index.ts';
import {
  type AgentFrame,
  agentFrameSchema,
  isSignedBy,
  linkPath,
  linkProof,
  linkProtocol,
  maxFrameBytes,
  readFrame,
} from '../../main/api/link/index.ts';
import type { SealingObject } from '../../main/api/schemas/index.ts';
import { sealingProof } from '../../main/api/sealing/index.ts';
import type { Projections } from '../agents/projections.ts';
import type { AgentRegistry, AgentRow } from '../agents/registry.ts';
import type { Clock } from '../clock.ts';
import type { HubIdentity } from '../hub-identity.ts';
import { type AgentLink, createAgentLink } from './agent-link.ts';
import type { AgentTokens } from './agent-tokens.ts';

/** Two ways there and back on the slowest network that is of any use, and what is lost on it. */
const HANDSHAKE_MS = 20_000;
/** Connections that have not said who they are, and what one of them may send, in bytes: a hello is a few hundred. */
const MOST_STRANGERS = 500;
const MOST_OF_STRANGER = 64 * 1024;
/** Well before the hour of a credential is over. */
const RENEW_MS = 50 * 60_000;

/** Close codes of a link (RFC 6455, section 7.4.2: 4000 to 4999 are ours). */
const closeCodes = { refused: 4001, replaced: 4002, revoked: 4003, protocol: 4004, stopping: 4005 } as const;

/** What links work with. */
export interface LinkServerParts {
  readonly agents: AgentRegistry;
  readonly projections: Projections;
  readonly tokens: AgentTokens;
  readonly identity: () => HubIdentity;
  readonly tenantName: (tenantId: string) => string;
  readonly heartbeatMs: number;
  /** Throws `connector_in_use` when operators depend on this connector of the agent. */
  readonly mayUninstall: (agent: AgentRow, connectorId: string) => void;
  readonly clock: Clock;
}

/** Takes links of agents. */
export interface LinkServer {
  /** A connection that wants to become one; false when its path is none of ours. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean;
  /** Null while the agent is offline. */
  link(agentId: string): AgentLink | null;
  /** The pairing has ended: so do link and token, at once, and nothing of the machine is shown any more. */
  revoke(agentId: string): void;
  /** Called when a link stands and when it has ended. */
  onChange(listener: (agentId: string) => void): () => void;
  close(): Promise<void>;
}

/** Makes {@link LinkServer}. */
export function createLinkServer(parts: LinkServerParts): LinkServer {
  const { agents, projections, tokens, identity, tenantName, heartbeatMs, mayUninstall, clock } = parts;
  const server = new WebSocketServer({ noServer: true, maxPayload: maxFrameBytes, perMessageDeflate: false });
  const links = new Map<string, AgentLink>();
  const listeners = new Set<(agentId: string) => void>();
  let strangers = 0;
  const changed = (agentId: string) => {
    for (const listener of [...listeners]) listener(agentId);
  };

  const welcome = (socket: WebSocket, agent: AgentRow, hello: Extract<AgentFrame, { type: 'hello' }>): AgentLink => {
    links.get(agent.id)?.close(closeCodes.replaced, 'another link of this agent was opened');
    const link = createAgentLink({ socket, agentId: agent.id, name: agent.name, clock });
    links.set(agent.id, link);
    const { version, grants, sealing } = hello;
    if (sealing !== undefined && isOwnSealing(agent, sealing)) link.setSealing(sealing);
    const sealingKey = link.sealing()?.key;
    // Whether it is stored or not, the link stands.
    agents.greet(agent.id, { version, grants, ...(sealingKey === undefined ? {} : { sealingKey }) }).catch(() => {});
    link.send({
      type: 'welcome',
      tenant: { id: agent.tenant_id, name: tenantName(agent.tenant_id), mode: agent.mode },
      name: agent.name,
      heartbeat_ms: heartbeatMs,
      credential: tokens.issue(agent.id),
    });
    let stopRenewing = () => {};
    const renew = () => {
      stopRenewing = clock.after(RENEW_MS, () => {
        link.send({ type: 'credential', ...tokens.issue(agent.id) });
        renew();
      });
    };
    renew();
    const stopBeating = keepAlive(socket, heartbeatMs, clock, () => agents.seen(agent.id));
    socket.once('close', () => {
      stopRenewing();
      stopBeating();
      link.ended();
      agents.seen(agent.id);
      if (links.get(agent.id) !== link) return;
      links.delete(agent.id);
      changed(agent.id);
    });
    changed(agent.id);
    return link;
  };

  /** Whether the machine itself says so of itself, for this hub: it is shown to callers who trust its key, not this hub. */
  const isOwnSealing = (agent: AgentRow, { origin, key, epoch, signature }: SealingObject): boolean =>
    origin === identity().origin &&
    isSignedBy(agent.public_key, sealingProof({ origin, agentId: agent.id, epoch }, key), signature);

  const revoke = (agentId: string) => {
    tokens.revoke(agentId);
    projections.forget(agentId);
    const link = links.get(agentId);
    if (link === undefined) return;
    link.send({ type: 'refused', error: revokedAgent().serialize() });
    link.ended();
    link.close(closeCodes.revoked, 'revoked');
  };

  const hear = (link: AgentLink, frame: AgentFrame) => {
    const { agentId } = link;
    switch (frame.type) {
      case 'inventory':
        return link.send({ type: 'want', items: [...projections.reconcile(agentId, frame.items)] });
      case 'item':
        // Simulated devices never reach a live key, whatever a machine says.
        projections.put(agentId, frame, { takesSimulated: agents.find(agentId)?.mode === 'test' });
        return link.restUntil(projections.backlog());
      case 'gone':
        projections.drop(agentId, frame);
        return link.restUntil(projections.backlog());
      case 'grants': {
        const agent = agents.find(agentId);
        if (agent !== null) agents.greet(agentId, { version: agent.version, grants: frame.grants }).catch(() => {});
        return;
      }
      case 'sealing': {
        const agent = agents.find(agentId);
        if (agent !== null && isOwnSealing(agent, frame.sealing)) link.setSealing(frame.sealing);
        return;
      }
      case 'may_uninstall': {
        const agent = agents.find(agentId);
        if (agent === null) return;
        const error = errorOf(() => mayUninstall(agent, frame.connector_id));
        return link.send({ type: 'uninstall_answer', id: frame.id, error: error?.serialize() ?? null });
      }
      case 'leave': {
        const agent = agents.find(agentId);
        if (agent === null) return;
        // Not stored: it is shown as offline, and can be revoked here.
        agents
          .revoke({ tenantId: agent.tenant_id, mode: agent.mode }, agentId)
          .then(() => revoke(agentId))
          .catch(() => {});
        return;
      }
      case 'hello':
        return;
      default:
        return link.receive(frame);
    }
  };

  server.on('connection', (socket, { socket: stream }) => {
    const nonce = randomBytes(32).toString('base64url');
    let link: AgentLink | null = null;
    strangers += 1;
    let stranger = true;
    const known = () => {
      if (stranger) strangers -= 1;
      stranger = false;
      stopWaiting();
      stream.off('data', count);
    };
    const stopWaiting = clock.after(HANDSHAKE_MS, () => socket.terminate());
    // Whoever has not said who they are says little.
    let heard = 0;
    const count = (chunk: Buffer) => {
      heard += chunk.length;
      if (stranger && heard > MOST_OF_STRANGER) socket.terminate();
    };
    stream.on('data', count);
    const refuse = (error: AgentError) => {
      socket.send(JSON.stringify({ type: 'refused', error: error.serialize() }));
      socket.close(closeCodes.refused, error.code);
    };
    socket.on('error', () => socket.terminate());
    socket.once('close', known);
    socket.on('message', (data: RawData, isBinary: boolean) => {
      const frame = isBinary ? null : readFrame(agentFrameSchema, String(data));
      if (link !== null) {
        if (frame === null) socket.close(closeCodes.protocol, 'not a frame of this protocol');
        // What came before a newer link took over says nothing any more.
        else if (links.get(link.agentId) === link) hear(link, frame);
        return;
      }
      if (frame?.type !== 'hello') return socket.close(closeCodes.protocol, 'expected hello');
      const agent = agents.find(frame.agent_id);
      const proof = linkProof({ nonce, origin: identity().origin, agentId: frame.agent_id });
      if (agent === null || !isSignedBy(agent.public_key, proof, frame.signature)) return refuse(unknownAgent());
      if (agent.revoked_at !== null) return refuse(revokedAgent());
      if (frame.protocol !== linkProtocol) return refuse(otherProtocol(frame.protocol));
      known();
      link = welcome(socket, agent, frame);
    });
    socket.send(JSON.stringify({ type: 'challenge', protocol: linkProtocol, hub_id: identity().id, nonce }));
  });

  return {
    upgrade(request, socket, head) {
      if ((request.url ?? '').split('?')[0] !== linkPath) return false;
      if (strangers >= MOST_STRANGERS) {
        socket.end('HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nConnection: close\r\n\r\n');
        return true;
      }
      server.handleUpgrade(request, socket, head, (upgraded) => server.emit('connection', upgraded, request));
      return true;
    },
    link: (agentId) => links.get(agentId) ?? null,
    revoke,
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async close() {
      for (const socket of server.clients) socket.close(closeCodes.stopping, 'the hub is stopping');
      const ended = Promise.withResolvers<void>();
      server.close(() => ended.resolve());
      const stop = clock.after(1_000, () => {
        for (const socket of server.clients) socket.terminate();
      });
      await ended.promise;
      stop();
    },
  };
}

/** Pings, and cuts a connection that does not answer: a half-open one looks like a quiet one. Returns what ends that. */
function keepAlive(socket: WebSocket, everyMs: number, clock: Clock, onAlive: () => void): () => void {
  let answered = true;
  let stop = () => {};
  const beat = () => {
    if (!answered) return socket.terminate();
    answered = false;
    socket.ping();
    stop = clock.after(everyMs, beat);
  };
  socket.on('pong', () => {
    answered = true;
    onAlive();
  });
  // Behind much that an agent tells its answer may come late.
  socket.on('message', () => {
    answered = true;
  });
  stop = clock.after(everyMs, beat);
  return () => stop();
}

/** What `attempt` throws; null when it does not. */
function errorOf(attempt: () => void): AgentError | null {
  try {
    attempt();
    return null;
  } catch (error) {
    return AgentError.from(error);
  }
}

function unknownAgent(): AgentError {
  return new AgentError('key_invalid', 'This hub knows no agent of this id and key.', {
    hint: 'Pair the machine again: fibric-edge unpair, then fibric-edge pair ORIGIN',
  });
}

function revokedAgent(): AgentError {
  return new AgentError('key_revoked', 'The pairing was revoked at the hub.', {
    hint: 'Local work goes on. To pair again: fibric-edge pair ORIGIN',
  });
}

function otherProtocol(seen: number): AgentError {
  return new AgentError('not_supported', `The agent speaks version ${seen} of the link, this hub ${linkProtocol}.`, {
    hint: 'Bring both to the same version.',
    details: { expected: linkProtocol, seen },
  });
}

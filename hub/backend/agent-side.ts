import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import { AgentError, type JsonValue } from '../../drivers/kit/index.ts';
import type { Principal } from '../../main/api/index.ts';
import type { LinkCall } from '../../main/api/link/index.ts';
import type { AgentRow } from '../agents/registry.ts';
import type { LinkAnswer } from '../link/agent-link.ts';
import { agentOffline } from '../link/link-faults.ts';
import type { LinkServer } from '../link/link-server.ts';

const CALL_MS = 30_000;
const TEST_MS = 120_000;
const IDENTIFY_MS = 330_000;

const never = new AbortController().signal;

/** How a request goes to a machine. */
export interface AgentSideOptions {
  readonly signal?: AbortSignal;
  readonly mintedKey?: string | null;
  readonly onProgress?: (data: JsonValue) => void;
}

/** The machines, as the hub's backend asks them. */
export interface AgentSide {
  /** Throws `connector_upstream_error` (`agent_offline`). */
  requireLinked(agent: AgentRow): void;
  /** Rejects with `connector_upstream_error` (`agent_offline`, `link_cut`) and as the agent does. */
  ask(agent: AgentRow, principal: Principal, call: LinkCall, options?: AgentSideOptions): Promise<LinkAnswer>;
  /** The same, and the answer's body as `schema` reads it. */
  askFor<Schema extends z.ZodType>(
    schema: Schema,
    agent: AgentRow,
    principal: Principal,
    call: LinkCall,
    options?: AgentSideOptions,
  ): Promise<z.output<Schema>>;
}

/** Asks over the links that stand. */
export function createAgentSide(links: LinkServer): AgentSide {
  const ask: AgentSide['ask'] = async (agent, principal, call, options = {}) => {
    const { signal = never, mintedKey = null, onProgress } = options;
    const link = links.link(agent.id);
    if (link === null) throw agentOffline(agent.name, agent.last_seen_at);
    return link.request(call, {
      caller: callerOf(principal),
      mintedKey,
      deadlineMs: deadlineOf(call),
      signal,
      ...(onProgress === undefined ? {} : { onProgress }),
    });
  };
  return {
    requireLinked(agent) {
      if (links.link(agent.id) === null) throw agentOffline(agent.name, agent.last_seen_at);
    },
    ask,
    async askFor(schema, agent, principal, call, options) {
      const { body, delivered } = await ask(agent, principal, call, options);
      delivered();
      return readAnswer(schema, body, agent);
    },
  };
}

/** An answer's body as `schema` reads it; another is a fault of the agent's, not the caller's. */
export function readAnswer<Schema extends z.ZodType>(
  schema: Schema,
  body: JsonValue,
  agent: AgentRow,
): z.output<Schema> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw new AgentError(
    'connector_upstream_error',
    `The agent ${agent.name} answered in a form this hub does not know.`,
    {
      hint: `It runs version ${agent.version}: bring both to the same version.`,
      details: { reason: 'bad_reply' },
    },
  );
}

/** Who asks, as the agent is told: it grants no more than it wants to, whatever this says. */
export function callerOf({ id, name, scopes }: Principal) {
  return { id, name: name.slice(0, 200), scopes: [...scopes] };
}

/** A key for a side effect whose caller gave none, so that they can ask again after a cut. */
export function mintKey(): string {
  return `ik_${randomUUID()}`;
}

function deadlineOf({ verb }: LinkCall): number {
  if (verb === 'connector.test') return TEST_MS;
  return verb === 'device.identify' ? IDENTIFY_MS : CALL_MS;
}

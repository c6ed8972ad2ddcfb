import { AgentError } from '../../drivers/kit/index.ts';
import type { Principal } from '../../main/api/index.ts';
import type { AgentRegistry, AgentRow } from '../agents/registry.ts';
import { type Clock, instant } from '../clock.ts';
import { hashSecret, randomSecret } from '../secret.ts';

/** So that a leaked one is found by those who look for them. */
export const agentTokenPrefix = 'ha_';
const LIFE_MS = 3_600_000;

/** What agents come in with over HTTP (docs/decisions/0031-the-link-has-verbs-events-go-by-http.md). In memory only: a link gives a new one. */
export interface AgentTokens {
  issue(agentId: string): { readonly token: string; readonly expires_at: string };
  /** Throws `key_invalid`, `key_revoked`. */
  authenticate(token: string): Principal;
  /** Ends those of an agent, and what is open with them. */
  revoke(agentId: string): void;
}

/** Makes {@link AgentTokens}. */
export function createAgentTokens(agents: Pick<AgentRegistry, 'find'>, clock: Clock): AgentTokens {
  const held = new Map<
    string,
    /** By the clock that never jumps: a hub whose clock is set forward does not forget the machines that are linked. */
    { readonly agentId: string; readonly endsAtMs: number; readonly end: AbortController }
  >();
  /** All live equally long: the first that was given is the first that ends. */
  const sweep = () => {
    for (const [hash, { endsAtMs }] of held) {
      if (endsAtMs > clock.monotonicMs()) return;
      held.delete(hash);
    }
  };
  return {
    issue(agentId) {
      sweep();
      const token = agentTokenPrefix + randomSecret();
      held.set(hashSecret(token), { agentId, endsAtMs: clock.monotonicMs() + LIFE_MS, end: new AbortController() });
      return { token, expires_at: instant(clock.now() + LIFE_MS) };
    },
    authenticate(token) {
      const found = held.get(hashSecret(token));
      const agent = found === undefined ? null : agents.find(found.agentId);
      if (found === undefined || agent === null || found.endsAtMs <= clock.monotonicMs()) {
        throw new AgentError('key_invalid', "This agent's token is not known here or has expired.", {
          hint: 'The link gives a new one.',
        });
      }
      if (agent.revoked_at !== null) throw new AgentError('key_revoked', 'The pairing of this agent was revoked.');
      return principalOf(agent, found.end.signal);
    },
    revoke(agentId) {
      for (const [hash, entry] of held) {
        if (entry.agentId !== agentId) continue;
        entry.end.abort();
        held.delete(hash);
      }
    },
  };
}

function principalOf(agent: AgentRow, ended: AbortSignal): Principal {
  return {
    id: agent.id,
    kind: 'token',
    name: agent.name,
    scopes: new Set(['events:write']),
    local: false,
    connectors: null,
    tools: null,
    ended,
    partition: { tenantId: agent.tenant_id, mode: agent.mode, agentId: agent.id },
  };
}

import { AgentError } from '../../drivers/kit/index.ts';
import type { HubAuth, InstallBody } from '../../main/api/schemas/index.ts';
import { type SealedInto, sealAuth } from '../../main/api/sealing/index.ts';
import type { AgentRow } from '../agents/registry.ts';
import { agentOffline } from '../link/link-faults.ts';
import type { LinkServer } from '../link/link-server.ts';

/** Makes of a caller's credentials what may leave this process: a secret is sealed for the machine, here and at once. */
export type SealForAgent = (agent: AgentRow, auth: InstallBody['auth'], into: SealedInto) => Promise<HubAuth>;

/**
 * Seals with the key that the agent told over the link that stands. Rejects with `connector_upstream_error` when there is
 * no link (then the secret is kept nowhere), or when the agent has no such key.
 */
export function createSealForAgent(links: LinkServer): SealForAgent {
  return async (agent, auth, into) => {
    if (auth.type !== 'api_key' && auth.type !== 'basic') return auth;
    const link = links.link(agent.id);
    if (link === null) throw agentOffline(agent.name, agent.last_seen_at);
    const sealing = link.sealing();
    if (sealing === null) throw noSealingKey(agent);
    return sealAuth(auth, sealing, agent.id, into);
  };
}

function noSealingKey({ name, version }: AgentRow): AgentError {
  return new AgentError('connector_upstream_error', `The agent ${name} has told no key to seal secrets with.`, {
    hint: `Nothing was sent. It runs version ${version}: bring it to the version of this hub, and it tells its key as it links. Until then give the secret at the machine.`,
    details: { reason: 'no_sealing_key' },
  });
}

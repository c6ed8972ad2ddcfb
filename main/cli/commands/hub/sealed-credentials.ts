import { AgentError } from '../../../../drivers/kit/index.ts';
import { isSignedBy, keyWords } from '../../../api/link/index.ts';
import type { AgentObject, HubAuth } from '../../../api/schemas/index.ts';
import type { SealedInto } from '../../../api/sealing/index.ts';
import type { GivenAuth } from '../../credential-options.ts';

/**
 * Throws `state_conflict` when nothing can be sealed for this agent now, `access_denied` when the key that the hub shows
 * is not the machine's own, or the machine is not the one with these words.
 */
export function requireSealing(agent: AgentObject, expectedWords: string | undefined): void {
  const { name, sealing, public_key: publicKey, state } = agent;
  const words = expectedWords?.trim().toLowerCase().split(/\s+/).join(' ');
  if (words !== undefined && words !== keyWords(publicKey)) {
    throw new AgentError('access_denied', `The key words of ${name} are not those given.`, {
      hint: `The hub shows: ${keyWords(publicKey)}. Read them off the machine: fibric-edge cloud status`,
    });
  }
  if (sealing === null) {
    throw new AgentError('state_conflict', `Nothing can be sealed for ${name} now: it is ${state} and shows no key.`, {
      hint:
        state === 'linked'
          ? 'Bring it to the version of this hub. Until then give the secret at the machine.'
          : 'It shows one once its link stands.',
    });
  }
}

/** Credentials that only this machine can read, in this request only; what holds no secret stays as it is. Throws as {@link requireSealing}. */
export async function sealForAgent(agent: AgentObject, auth: GivenAuth, into: SealedInto): Promise<HubAuth> {
  if (auth.type !== 'api_key' && auth.type !== 'basic') return { type: auth.type };
  const { id, name, sealing, public_key: publicKey } = agent;
  requireSealing(agent, undefined);
  // Loaded here only: no other command needs it.
  const { sealAuth, sealingProof } = await import('../../../api/sealing/index.ts');
  if (
    sealing === null ||
    !isSignedBy(publicKey, sealingProof({ ...sealing, agentId: id }, sealing.key), sealing.signature)
  ) {
    throw new AgentError('access_denied', `The key that the hub shows for ${name} is not signed by that machine.`, {
      hint: 'Nothing was sent. Ask who looks after the hub.',
    });
  }
  return sealAuth(auth, sealing, id, into);
}

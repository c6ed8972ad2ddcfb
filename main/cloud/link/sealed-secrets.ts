import { randomBytes } from 'node:crypto';
import { AgentError } from '../../../drivers/kit/index.ts';
import type { IdentityKey } from '../../api/link/index.ts';
import type { PlainAuth, SealedAuth, SealingObject } from '../../api/schemas/index.ts';
import { openAuth, type SealedInto, type SealingKey, sealingProof } from '../../api/sealing/index.ts';

/** A secret that was sealed for this machine and request. */
export interface OpenedSecret {
  readonly auth: PlainAuth;
  /** Takes it, once: throws `invalid_parameter` when it was taken before, or was sealed too long ago. */
  take(): void;
}

/** Secrets that come over one link. */
export interface SealedSecrets {
  /** What callers at the hub seal with now. */
  told(): SealingObject;
  /** Begins another epoch; what was sealed under the last one is good until the next. */
  nextEpoch(): void;
  /** Rejects with `invalid_parameter` for what was not sealed for this machine, hub and request. */
  open(auth: SealedAuth, into: SealedInto): Promise<OpenedSecret>;
}

/** Begins with an epoch of its own, so that nothing that was sealed for an earlier link is taken over this one. */
export function createSealedSecrets(parts: {
  readonly origin: string;
  readonly agentId: string;
  readonly identity: IdentityKey;
  readonly key: SealingKey;
}): SealedSecrets {
  const { origin, agentId, identity, key } = parts;
  /** Newest first, with the encapsulated keys that were taken in each. */
  let epochs: readonly Epoch[] = [newEpoch()];
  return {
    told() {
      const epoch = epochs[0]?.name ?? '';
      const signature = identity.sign(sealingProof({ origin, agentId, epoch }, key.publicKey));
      return {
        suite: 'DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM',
        origin,
        key: key.publicKey,
        epoch,
        signature,
      };
    },
    nextEpoch() {
      epochs = [newEpoch(), ...epochs.slice(0, 1)];
    },
    async open(auth, into) {
      const opened = await openAuth(auth, key, { origin, agentId, epoch: auth.epoch }, into);
      return {
        auth: opened,
        take() {
          const epoch = epochs.find(({ name }) => name === auth.epoch);
          if (epoch === undefined)
            throw refused('sealed_too_early', 'was sealed before this link stood, or too long ago');
          if (epoch.taken.has(auth.enc)) throw refused('sealed_secret_used', 'was used before');
          epoch.taken.add(auth.enc);
        },
      };
    },
  };
}

interface Epoch {
  readonly name: string;
  readonly taken: Set<string>;
}

function newEpoch(): Epoch {
  return { name: randomBytes(16).toString('base64url'), taken: new Set() };
}

function refused(reason: string, what: string): AgentError {
  return new AgentError('invalid_parameter', `auth: the sealed secret ${what}. Nothing was done with it.`, {
    hint: 'Seal it anew, with the key and epoch that the hub shows of the agent now.',
    details: { parameter: 'auth', reason },
  });
}

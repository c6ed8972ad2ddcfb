import { z } from 'zod';
import { AgentError } from '../../../drivers/kit/index.ts';
import { type IdentityKey, pairingProof } from '../../api/link/index.ts';
import {
  type Grants,
  type PairedObject,
  type PairingStarted,
  pairedSchema,
  pairingCancelledSchema,
  pairingStartedSchema,
} from '../../api/schemas/index.ts';
import type { Clock } from '../clock.ts';
import { postToHub } from '../hub-http.ts';
import type { Send } from '../way-out/send.ts';

/** What this machine says of itself. */
export interface PairingRequest {
  readonly origin: string;
  readonly name: string;
  readonly version: string;
  readonly grants: Grants;
  /** X25519, base64url. */
  readonly sealingKey: string;
}

/** What a hub knows a waiting pairing by. */
export interface OpenPairing {
  readonly origin: string;
  readonly hubOrigin: string;
  /** Secret. */
  readonly deviceCode: string;
  readonly intervalS: number;
}

/** How long the hub may take to hear that a pairing was given up; nothing here waits longer. */
const CANCEL_MS = 2_000;

/** Begins a pairing by a code (RFC 8628, section 3). Rejects with `agent_unreachable`, `rate_limited`. */
export async function beginPairing(
  send: Send,
  key: IdentityKey,
  { origin, name, version, grants, sealingKey }: PairingRequest,
  signal: AbortSignal,
): Promise<PairingStarted> {
  const body = { public_key: key.publicKey, sealing_key: sealingKey, name, version, grants };
  return postToHub(send, origin, '/v1/pairings', body, pairingStartedSchema, signal);
}

/** Tells the hub that its code is given up, as far as it can be reached. Never rejects. */
export async function giveUpPairing(send: Send, key: IdentityKey, open: OpenPairing): Promise<void> {
  const signal = AbortSignal.timeout(CANCEL_MS);
  await postToHub(send, open.origin, '/v1/pairings/cancel', proofOf(key, open), pairingCancelledSchema, signal).catch(
    () => {},
  );
}

/** Pairs at once, with an enrolment token. Rejects with `access_denied`, `agent_unreachable`. */
export async function enrol(
  send: Send,
  key: IdentityKey,
  { origin, name, version, grants, sealingKey }: PairingRequest,
  token: string,
  signal: AbortSignal,
): Promise<PairedObject> {
  const hubOrigin = new URL(origin).origin;
  const signature = key.sign(pairingProof({ origin: hubOrigin, code: token }));
  const body = { public_key: key.publicKey, sealing_key: sealingKey, name, version, grants, token, signature };
  return postToHub(send, origin, '/v1/enrolments/use', body, pairedSchema, signal);
}

function proofOf(key: IdentityKey, { hubOrigin, deviceCode }: OpenPairing) {
  return {
    device_code: deviceCode,
    signature: key.sign(pairingProof({ origin: hubOrigin, code: deviceCode })),
  };
}

/** Polls until somebody has decided. Rejects with `access_denied`, `expired_token`, `cancelled`. */
export async function awaitApproval(
  send: Send,
  key: IdentityKey,
  open: OpenPairing,
  clock: Clock,
  signal: AbortSignal,
): Promise<PairedObject> {
  const proof = proofOf(key, open);
  let waitMs = z.int().min(1).max(60).parse(open.intervalS) * 1_000;
  for (;;) {
    await pause(waitMs, clock, signal);
    try {
      return await postToHub(send, open.origin, '/v1/pairings/poll', proof, pairedSchema, signal);
    } catch (error) {
      if (AgentError.is(error, 'slow_down')) waitMs += 5_000;
      // A hub that can't be reached for a while is no refusal (RFC 8628, section 3.5).
      else if (!AgentError.is(error, 'authorization_pending', 'agent_unreachable', 'rate_limited')) throw error;
    }
  }
}

async function pause(delayMs: number, clock: Clock, signal: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const stop = () => reject(new AgentError('cancelled', 'The pairing was given up.'));
  if (signal.aborted) stop();
  const cancel = clock.after(delayMs, resolve);
  signal.addEventListener('abort', stop, { once: true });
  try {
    await promise;
  } finally {
    cancel();
    signal.removeEventListener('abort', stop);
  }
}

import { z } from 'zod';
import { AgentError } from '../../../drivers/kit/index.ts';
import { type IdentityKey, pairingProof } from '../../api/link/index.ts';
import { type Grants, type PairedObject, pairedSchema, pairingStartedSchema } from '../../api/schemas/index.ts';
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

/** A pairing that waits for somebody at the hub. */
export interface OpenPairing {
  readonly userCode: string;
  readonly verificationUri: string;
  readonly expiresInMs: number;
  /** Resolves when it was approved. Rejects with `access_denied`, `expired_token`, `cancelled`. */
  readonly approved: Promise<PairedObject>;
}

/** Begins a pairing by a code (RFC 8628, section 3). Rejects with `agent_unreachable`, `rate_limited`. */
export async function beginPairing(
  send: Send,
  key: IdentityKey,
  { origin, name, version, grants, sealingKey }: PairingRequest,
  clock: Clock,
  signal: AbortSignal,
): Promise<OpenPairing> {
  const body = { public_key: key.publicKey, sealing_key: sealingKey, name, version, grants };
  const started = await postToHub(send, origin, '/v1/pairings', body, pairingStartedSchema, signal);
  return {
    userCode: started.user_code,
    verificationUri: started.verification_uri,
    expiresInMs: started.expires_in * 1_000,
    approved: poll(
      send,
      key,
      { origin, hubOrigin: started.hub.origin, deviceCode: started.device_code },
      started.interval,
      clock,
      signal,
    ),
  };
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

async function poll(
  send: Send,
  key: IdentityKey,
  {
    origin,
    hubOrigin,
    deviceCode,
  }: { readonly origin: string; readonly hubOrigin: string; readonly deviceCode: string },
  intervalS: number,
  clock: Clock,
  signal: AbortSignal,
): Promise<PairedObject> {
  const signature = key.sign(pairingProof({ origin: hubOrigin, code: deviceCode }));
  let waitMs = z.int().min(1).max(60).parse(intervalS) * 1_000;
  for (;;) {
    await pause(waitMs, clock, signal);
    try {
      return await postToHub(
        send,
        origin,
        '/v1/pairings/poll',
        { device_code: deviceCode, signature },
        pairedSchema,
        signal,
      );
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

import { AgentError } from '../../../drivers/kit/index.ts';
import { type PlainAuth, plainAuthSchema, type SealedAuth, type SealingObject } from '../schemas/index.ts';
import { type SealedFor, type SealedInto, sealAad, sealInfo } from './binding.ts';
import type { SealingKey } from './sealing-key.ts';
import { makeSuite } from './suite.ts';

/** Seals credentials for one machine and one request; only that machine can read them, and only in that request. */
export async function sealAuth(
  auth: PlainAuth,
  { origin, key, epoch }: Pick<SealingObject, 'origin' | 'key' | 'epoch'>,
  agentId: string,
  into: SealedInto,
): Promise<SealedAuth> {
  const suite = makeSuite();
  const recipientPublicKey = await suite.kem.importKey('raw', raw(key), true);
  const { enc, ct } = await suite.seal(
    { recipientPublicKey, info: sealInfo({ origin, agentId, epoch }) },
    new TextEncoder().encode(JSON.stringify(auth)),
    sealAad(into),
  );
  return { type: 'sealed', epoch, enc: text(enc), ciphertext: text(ct) };
}

/**
 * Opens what {@link sealAuth} made. Rejects with `invalid_parameter` when it was sealed for another machine, hub, epoch or
 * request, was changed on its way, or holds no credentials. No message quotes what it held.
 */
export async function openAuth(
  { enc, ciphertext }: SealedAuth,
  key: SealingKey,
  sealedFor: SealedFor,
  into: SealedInto,
): Promise<PlainAuth> {
  const suite = makeSuite();
  let opened: string;
  try {
    const recipientKey = {
      privateKey: await suite.kem.importKey('raw', raw(key.privateKey), false),
      publicKey: await suite.kem.importKey('raw', raw(key.publicKey), true),
    };
    const plain = await suite.open(
      { recipientKey, enc: raw(enc), info: sealInfo(sealedFor) },
      raw(ciphertext),
      sealAad(into),
    );
    opened = new TextDecoder('utf-8', { fatal: true }).decode(plain);
  } catch {
    throw new AgentError('invalid_parameter', 'auth: the sealed secret was not sealed for this machine and request.', {
      hint: 'Seal it anew for this very agent, listing or connector, name and config, with the key that the hub shows of the agent now.',
      details: { parameter: 'auth', reason: 'not_sealed_for_this' },
    });
  }
  const auth = plainAuthSchema.safeParse(parsed(opened));
  if (auth.success) return auth.data;
  throw new AgentError('invalid_parameter', 'auth: what was sealed are no credentials.', {
    hint: 'Seal the JSON text of {"type":"api_key","key":...} or {"type":"basic","username":...,"password":...}.',
    details: { parameter: 'auth', reason: 'no_credentials' },
  });
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
}

function raw(base64url: string): ArrayBuffer {
  return new Uint8Array(Buffer.from(base64url, 'base64url')).buffer;
}

function text(bytes: ArrayBuffer): string {
  return Buffer.from(bytes).toString('base64url');
}

import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { z } from 'zod';

/** An X25519 key pair (RFC 7748) that secrets for a machine are sealed to. */
export interface SealingKey {
  /** 32 bytes, base64url. */
  readonly publicKey: string;
  /** 32 bytes, base64url; leaves this process only into the vault. */
  readonly privateKey: string;
}

const jwkSchema = z.object({ crv: z.literal('X25519'), x: z.string().length(43), d: z.string().length(43) });

/** Makes a key; the text is for the vault (PKCS #8, base64). */
export function makeSealingKey(): string {
  const { privateKey } = generateKeyPairSync('x25519');
  return privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64');
}

/** The key that {@link makeSealingKey} made. Throws when the text is none. */
export function openSealingKey(text: string): SealingKey {
  const key = createPrivateKey({ key: Buffer.from(text, 'base64'), format: 'der', type: 'pkcs8' });
  const { x, d } = jwkSchema.parse(key.export({ format: 'jwk' }));
  return { publicKey: x, privateKey: d };
}

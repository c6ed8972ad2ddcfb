import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';

/** An Ed25519 key pair (RFC 8032) that names a machine. */
export interface IdentityKey {
  /** 32 bytes, base64url. */
  readonly publicKey: string;
  /** Signs text; base64url. */
  sign(text: string): string;
}

/** Makes a key; the text is for the vault (PKCS #8, base64). */
export function makeIdentityKey(): string {
  const { privateKey } = generateKeyPairSync('ed25519');
  return privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64');
}

/** The key that {@link makeIdentityKey} made. Throws when the text is none. */
export function openIdentityKey(text: string): IdentityKey {
  const privateKey = createPrivateKey({ key: Buffer.from(text, 'base64'), format: 'der', type: 'pkcs8' });
  return {
    publicKey: rawOf(createPublicKey(privateKey)),
    sign: (signed) => sign(null, Buffer.from(signed), privateKey).toString('base64url'),
  };
}

/** Whether the holder of this key signed the text. Never throws. */
export function isSignedBy(publicKey: string, text: string, signature: string): boolean {
  try {
    const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: publicKey }, format: 'jwk' });
    return verify(null, Buffer.from(text), key, Buffer.from(signature, 'base64url'));
  } catch {
    return false;
  }
}

/** What an agent signs to open its link: the hub's nonce makes it good once, the origin makes it good there only. */
export function linkProof(parts: {
  readonly nonce: string;
  readonly origin: string;
  readonly agentId: string;
}): string {
  return ['fibric-edge link 1', parts.origin, parts.agentId, parts.nonce].join('\n');
}

/** What an agent signs to poll its pairing, or to pair with an enrolment token. */
export function pairingProof(parts: { readonly origin: string; readonly code: string }): string {
  return ['fibric-edge pairing 1', parts.origin, parts.code].join('\n');
}

/** SHA-256 of a public key. */
export function fingerprintOf(publicKey: string): Buffer {
  return createHash('sha256').update(Buffer.from(publicKey, 'base64url')).digest();
}

function rawOf(key: KeyObject): string {
  return String(key.export({ format: 'jwk' }).x);
}

import { createHash, randomBytes } from 'node:crypto';

/** 256 random bits as 43 characters that need no escaping anywhere. */
export function randomSecret(): string {
  return randomBytes(32).toString('base64url');
}

/**
 * SHA-256 in hex. Secrets are looked up by it: how long that takes says something of the hash, which tells nothing of
 * the secret. A slow hash would add nothing to 256 random bits.
 */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

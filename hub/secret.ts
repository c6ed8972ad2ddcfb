import { createHash, randomBytes } from 'node:crypto';

/** 256 random bits as 43 characters that need no escaping anywhere. */
export function randomSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** SHA-256 in hex; what a hub stores of a secret. A slow hash would add nothing to 256 random bits. */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

/** What people see of a secret: its prefix and its last four characters. */
export function hintOf(prefix: string, secret: string): string {
  return `${prefix}...${secret.slice(-4)}`;
}

/** An id of 128 random bits. */
export function mintId(prefix: string): string {
  return `${prefix}_${randomBytes(16).toString('hex')}`;
}

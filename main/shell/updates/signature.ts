import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import { z } from 'zod';

/** What of a feed's entry (`latest*.yml` of electron-builder) decides which bytes are run. */
const signedPartSchema = z.object({
  version: z.string().min(1),
  files: z.array(z.object({ url: z.string().min(1), sha512: z.string().min(1) })).min(1),
  // What an installer would fetch by itself, unsigned.
  packages: z.undefined().optional(),
});
const feedSchema = signedPartSchema.extend({ signature: z.base64() });

/** The text that is signed: version, and name and SHA-512 of each file, in one way of writing. Null when those are missing. */
function signedText(entry: unknown): Buffer | null {
  const parsed = signedPartSchema.safeParse(entry);
  if (!parsed.success) return null;
  const { version, files } = parsed.data;
  const lines = files.map(({ url, sha512 }) => JSON.stringify([url, sha512]));
  return Buffer.from(['fibric-edge-update-1', JSON.stringify(version), ...lines].join('\n'));
}

/** Signs a feed's entry with an Ed25519 private key (PEM); the signature in base64, for its field `signature`. Throws when there is nothing to sign. */
export function signEntry(entry: unknown, privateKey: string): string {
  const text = signedText(entry);
  if (text === null) throw new Error('this is no latest*.yml: version and files with sha512 are needed');
  return sign(null, text, createPrivateKey(privateKey)).toString('base64');
}

/**
 * Whether a feed's entry was signed by the holder of the key. The files themselves are then held to their SHA-512 when they
 * are fetched: who can write to the feed but has no key can offer nothing.
 */
export function isSigned(entry: unknown, publicKey: string): boolean {
  const text = signedText(entry);
  const feed = feedSchema.safeParse(entry);
  if (text === null || !feed.success) return false;
  try {
    return verify(null, text, createPublicKey(publicKey), Buffer.from(feed.data.signature, 'base64'));
  } catch {
    return false;
  }
}

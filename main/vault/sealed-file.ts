import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { vaultUnavailable } from './errors.ts';

const VERSION = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** The entry that only the right key opens; it tells a changed key from a damaged entry. No caller can name it. */
const KEY_PROOF = '\0key';

const sealedSchema = z.strictObject({ nonce: z.base64(), text: z.base64() });
const kdfSchema = z.strictObject({
  name: z.literal('scrypt'),
  n: z.literal(131_072),
  r: z.literal(8),
  p: z.literal(1),
  salt: z.base64(),
});

/** The sealed file as it lies on disk. */
export const sealedFileSchema = z.strictObject({
  version: z.literal(VERSION),
  /** How the key comes from a passphrase; null when the key is random. */
  kdf: kdfSchema.nullable(),
  proof: sealedSchema,
  entries: z.record(z.string(), sealedSchema),
});

export type SealedFile = z.output<typeof sealedFileSchema>;
export type Kdf = z.output<typeof kdfSchema>;
type Sealed = z.output<typeof sealedSchema>;

/** An empty file that proves `key`. */
export function emptySealedFile(key: Buffer, installationId: string, kdf: Kdf | null): SealedFile {
  return { version: VERSION, kdf, proof: seal(key, installationId, KEY_PROOF, 'fibric-edge'), entries: {} };
}

/** Whether `key` is the one that sealed the file. */
export function provesKey(file: SealedFile, key: Buffer, installationId: string): boolean {
  return unseal(key, installationId, KEY_PROOF, file.proof) !== null;
}

/** The file with this entry sealed anew; `secret` null takes it out. */
export function withEntry(
  file: SealedFile,
  key: Buffer,
  installationId: string,
  entry: string,
  secret: string | null,
): SealedFile {
  const others = Object.entries(file.entries).filter(([name]) => name !== entry);
  if (secret !== null) others.push([entry, seal(key, installationId, entry, secret)]);
  return { ...file, entries: Object.fromEntries(others) };
}

/** An entry's secret, null when there is none; `vault_unavailable` when it does not open with the proven key. */
export function openEntry(file: SealedFile, key: Buffer, installationId: string, entry: string): string | null {
  const sealed = Object.hasOwn(file.entries, entry) ? file.entries[entry] : undefined;
  if (sealed === undefined) return null;
  const secret = unseal(key, installationId, entry, sealed);
  if (secret !== null) return secret;
  throw vaultUnavailable(
    `The vault's entry ${entry} was changed outside of Fibric Edge and can't be opened.`,
    'Enter this credential again, or put a copy of the sealed file back.',
  );
}

/** Moving a sealed text to another entry, installation or version makes it unreadable. */
function associatedData(installationId: string, entry: string): Buffer {
  return Buffer.from(JSON.stringify([VERSION, entry, installationId]));
}

function seal(key: Buffer, installationId: string, entry: string, secret: string): Sealed {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(associatedData(installationId, entry));
  const text = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return { nonce: nonce.toString('base64'), text: text.toString('base64') };
}

function unseal(key: Buffer, installationId: string, entry: string, sealed: Sealed): string | null {
  const nonce = Buffer.from(sealed.nonce, 'base64');
  const text = Buffer.from(sealed.text, 'base64');
  if (nonce.length !== NONCE_BYTES || text.length < TAG_BYTES) return null;
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(associatedData(installationId, entry));
  decipher.setAuthTag(text.subarray(-TAG_BYTES));
  try {
    return Buffer.concat([decipher.update(text.subarray(0, -TAG_BYTES)), decipher.final()]).toString('utf8');
  } catch {
    return null;
  }
}

import { randomBytes, scrypt } from 'node:crypto';
import { vaultUnavailable } from './errors.ts';
import type { Kdf } from './sealed-file.ts';

/** Where the passphrase is taken from when nothing asks a person for it. */
export const PASSPHRASE_VARIABLE = 'FIBRIC_EDGE_PASSPHRASE';

/** Contract section 5: scrypt with N = 2^17, r = 8, p = 1, which takes 128 MiB (RFC 7914 section 2). */
export function newKdf(): Kdf {
  return { name: 'scrypt', n: 131_072, r: 8, p: 1, salt: randomBytes(16).toString('base64') };
}

/** The 32-byte key of a passphrase; a quarter to half of a second of one core. */
export function deriveKey(passphrase: string, { n, r, p, salt }: Kdf): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const options = { N: n, r, p, maxmem: 256 * 1024 * 1024 };
    // The same text typed on another keyboard may be composed otherwise.
    scrypt(passphrase.normalize('NFC'), Buffer.from(salt, 'base64'), 32, options, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}

/**
 * The passphrase from the environment, from where it is removed so that no child process inherits it, else from `ask`.
 * `vault_unavailable` when neither gives one.
 */
export async function takePassphrase(ask: (() => Promise<string>) | undefined): Promise<string> {
  const given = process.env[PASSPHRASE_VARIABLE];
  delete process.env[PASSPHRASE_VARIABLE];
  const passphrase = given ?? (await ask?.()) ?? '';
  if (passphrase !== '') return passphrase;
  throw vaultUnavailable(
    'The vault is sealed with a passphrase and none was given at start.',
    `Start the agent with ${PASSPHRASE_VARIABLE} set.`,
  );
}

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { vaultUnavailable } from './errors.ts';
import type { KeySource } from './key-source.ts';

/** The credential's name in the service's unit: `LoadCredentialEncrypted=fibric-edge-vault-key`. */
export const credentialName = 'fibric-edge-vault-key';

const KEY_BYTES = 32;

const descriptions = {
  'systemd-credential': 'encrypted; the key is a credential that systemd hands to the service',
  tpm2: "encrypted; the key is a credential of systemd, sealed with this machine's TPM when the service was set up",
} as const;

/**
 * A key that systemd decrypts and hands to the service in `$CREDENTIALS_DIRECTORY` (systemd.exec(5), "Credentials"),
 * sealed with the machine's own key or with its TPM. Read anew for each use, so that a missing one shows at once.
 */
export function credentialSource(
  provider: keyof typeof descriptions,
  folder: string | undefined = process.env['CREDENTIALS_DIRECTORY'],
): KeySource {
  const read = async (): Promise<Buffer> => {
    if (folder === undefined) {
      throw vaultUnavailable(
        'The agent was given no credentials: systemd did not start it, or its unit names none.',
        `Run it as the service, with LoadCredentialEncrypted=${credentialName} in its unit; or choose another vault.provider.`,
      );
    }
    const path = join(folder, credentialName);
    let key: Buffer;
    try {
      key = await readFile(path);
    } catch (cause) {
      throw vaultUnavailable(
        `The credential ${credentialName} can't be read; the sealed file can't be opened without it.`,
        'Put the encrypted credential back where the unit looks for it, then restart the service.',
        cause,
      );
    }
    if (key.length === KEY_BYTES) return key;
    throw vaultUnavailable(
      `The credential ${credentialName} has ${key.length} bytes, a key has ${KEY_BYTES}.`,
      'Put the right credential back, then restart the service.',
    );
  };
  return {
    provider,
    description: descriptions[provider],
    existing: read,
    first: async () => ({ key: await read(), kdf: null }),
    close() {},
  };
}

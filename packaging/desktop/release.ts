import { createPublicKey } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';

/** Where a build looks for newer ones, and whose it takes. */
export interface UpdateSource {
  /** The folder with `latest*.yml`; https, or loopback for a trial. */
  readonly url: string;
  /** A file with the Ed25519 public key (PEM) of whoever signs releases. */
  readonly keyFile: string;
}

/** Checks what was given on the command line; both or neither. Throws with what is wrong, for people. */
export function readUpdateSource(url: string | undefined, keyFile: string | undefined): UpdateSource | null {
  if (url === undefined && keyFile === undefined) return null;
  if (url === undefined || keyFile === undefined) {
    throw new Error('--updates-url and --updates-key go together: an update that nobody signed is not taken');
  }
  const parsed = URL.parse(url);
  const isLoopback = parsed?.protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(parsed.hostname);
  if (parsed === null || (parsed.protocol !== 'https:' && !isLoopback)) {
    throw new Error(`--updates-url ${url}: an https address is needed`);
  }
  publicKeyIn(keyFile);
  return { url, keyFile };
}

/** Writes what the program reads of its own build: `release.json` beside its archive. */
export function writeRelease(file: string, version: string, source: UpdateSource | null): void {
  const updates = source === null ? null : { url: source.url, key: publicKeyIn(source.keyFile) };
  writeFileSync(file, `${JSON.stringify({ version, updates }, null, 2)}\n`);
}

function publicKeyIn(file: string): string {
  const key = createPublicKey(readFileSync(file));
  if (key.asymmetricKeyType !== 'ed25519') throw new Error(`${file}: an Ed25519 public key is needed`);
  return key.export({ type: 'spki', format: 'pem' }).toString();
}

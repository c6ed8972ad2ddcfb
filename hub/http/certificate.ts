import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync, unwatchFile, watchFile } from 'node:fs';
import { AgentError } from '../../drivers/kit/index.ts';

/** How often the files are looked at. Renewals replace files and links, which a watch on the files would lose. */
const LOOK_MS = 2_000;

/** Where a certificate and its key are, as PEM. */
export interface CertificateFiles {
  /** The hub's own certificate first, then those between it and the authority. */
  readonly certFile: string;
  readonly keyFile: string;
}

/** A certificate and the key that belongs to it, as PEM. */
export interface CertificatePair {
  readonly cert: string;
  readonly key: string;
}

/** Reads both. Throws `invalid_configuration` for a file that can't be read or used, and for a key of another certificate. */
export function readCertificate({ certFile, keyFile }: CertificateFiles): CertificatePair {
  const cert = readText(certFile, '--tls-cert');
  const key = readText(keyFile, '--tls-key');
  const own = attempt(
    () => new X509Certificate(cert),
    `${certFile} holds no certificate in PEM`,
    'Give a file that begins with -----BEGIN CERTIFICATE-----: this hub first, then those between it and the authority.',
  );
  const secret = attempt(
    () => createPrivateKey(key),
    `${keyFile} holds no private key in PEM that can be used`,
    'Give the key without a passphrase: a file that begins with -----BEGIN PRIVATE KEY-----.',
  );
  if (!own.checkPrivateKey(secret)) {
    throw unusable(
      `The key in ${keyFile} does not belong to the first certificate in ${certFile} (${nameOf(own)})`,
      'Give the pair that was made together; the certificate of the hub stands first in its file.',
    );
  }
  return { cert, key };
}

/** A pair that is read again when its files change. */
export interface KeptCertificate {
  /** Reads the files now: for whoever renewed them and does not want to wait. Never throws. */
  reload(): void;
  close(): void;
}

/** Calls `onRenewed` with each pair that differs from the one before. One that is unusable goes to `onFault`, and the last good one stays. */
export function keepCertificate(
  files: CertificateFiles,
  first: CertificatePair,
  {
    onRenewed,
    onFault,
  }: { readonly onRenewed: (pair: CertificatePair) => void; readonly onFault: (error: AgentError) => void },
): KeptCertificate {
  let current = first;
  const reload = () => {
    try {
      const next = readCertificate(files);
      if (next.cert === current.cert && next.key === current.key) return;
      onRenewed(next);
      current = next;
    } catch (error) {
      onFault(AgentError.from(error));
    }
  };
  const watched = [files.certFile, files.keyFile];
  for (const file of watched) watchFile(file, { interval: LOOK_MS, persistent: false }, reload);
  return {
    reload,
    close() {
      for (const file of watched) unwatchFile(file, reload);
    },
  };
}

/** What a person knows a certificate by, and how long it is good. */
export function describeCertificate({ cert }: CertificatePair): string {
  const own = new X509Certificate(cert);
  return `${nameOf(own)}, good until ${own.validToDate.toISOString()}`;
}

/** Where a hub is that listens at `url`: under the name of its certificate, where that has exactly one, since no other would be trusted. */
export function originOf(url: string, certificate: CertificatePair | null): string {
  if (certificate === null) return url;
  const { subjectAltName = '' } = new X509Certificate(certificate.cert);
  const names = subjectAltName.split(', ').flatMap((entry) => /^DNS:([a-z0-9.-]+)$/i.exec(entry)?.[1] ?? []);
  const [name] = names;
  if (name === undefined || names.length > 1) return url;
  return new URL(`https://${name}:${new URL(url).port || '443'}`).origin;
}

function nameOf({ subject, subjectAltName }: X509Certificate): string {
  return subjectAltName ?? subject.replaceAll('\n', ', ');
}

function readText(file: string, option: string): string {
  return attempt(
    () => readFileSync(file, 'utf8'),
    `${file} (${option}) can't be read`,
    'Check the path, and that the user of the hub may read it.',
  );
}

function attempt<Result>(run: () => Result, problem: string, hint: string): Result {
  try {
    return run();
  } catch (cause) {
    const seen = cause instanceof Error ? cause.message : String(cause);
    throw unusable(`${problem}: ${seen}`, hint, cause);
  }
}

function unusable(message: string, hint: string, cause?: unknown): AgentError {
  return new AgentError('invalid_configuration', `${message}.`, { hint, ...(cause === undefined ? {} : { cause }) });
}

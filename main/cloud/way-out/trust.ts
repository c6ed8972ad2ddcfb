import { X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import type { SecureContext } from 'node:tls';
import { AgentError } from '../../../drivers/kit/index.ts';

// Loaded when first needed: an agent without a cloud does without TLS.
const tls = () => process.getBuiltinModule('node:tls');

/** More than any list of authorities of one company. */
export const MOST_CA_BYTES = 256 * 1024;
const HINT = 'Give the root certificate of your authority in PEM: a text that begins with -----BEGIN CERTIFICATE-----.';

/** Certificates of authorities that somebody added here. */
export interface AddedAuthorities {
  /** PEM, one each. */
  readonly certificates: readonly string[];
  /** Why those of the configured file are not among them; null: they are, or there is no such file. */
  readonly problem: string | null;
}

/** Whom this machine trusts on its way out. */
export interface Trust {
  /** The system's and Node's authorities, and the added ones beside them. */
  context(): SecureContext;
  added(): AddedAuthorities;
}

/** Every certificate of a PEM text. Throws `invalid_parameter` when there is none, and for what is none. */
export function readCertificates(pem: string): readonly string[] {
  const found = pem.match(
    /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----[^-]+-----END (?:TRUSTED |X509 )?CERTIFICATE-----/g,
  );
  if (found === null) {
    const what = /PRIVATE KEY-----/.test(pem)
      ? 'That is a private key, not a certificate.'
      : 'There is no certificate in it.';
    throw new AgentError('invalid_parameter', what, { hint: HINT, details: { parameter: 'pem' } });
  }
  return found.map((text) => {
    try {
      return new X509Certificate(text).toString();
    } catch (cause) {
      throw new AgentError('invalid_parameter', 'A certificate in it is damaged.', { hint: HINT, cause });
    }
  });
}

/** Trust with the authorities of a file, read again when it changes, and of a text; each may be absent. */
export function createTrust(sources: { readonly file: string | null; readonly pem: () => string | null }): Trust {
  let made: { readonly mark: string; readonly context: SecureContext } | null = null;
  let read: { readonly mark: string; readonly added: AddedAuthorities } | null = null;

  const added = (): AddedAuthorities => {
    const pem = sources.pem();
    const mark = `${sources.file === null ? '' : markOf(sources.file)}\n${pem ?? ''}`;
    if (read?.mark === mark) return read.added;
    const kept = pem === null ? [] : readCertificates(pem);
    const ofFile = sources.file === null ? { certificates: [], problem: null } : readFile(sources.file);
    read = { mark, added: { certificates: [...ofFile.certificates, ...kept], problem: ofFile.problem } };
    return read.added;
  };
  return {
    added,
    context() {
      const own = added().certificates;
      const mark = own.join('\n');
      if (made?.mark !== mark)
        made = { mark, context: tls().createSecureContext({ ca: [...roots(), ...own], minVersion: 'TLSv1.2' }) };
      return made.context;
    },
  };
}

let known: readonly string[] | null = null;

/** What Node trusts (its own list, `NODE_EXTRA_CA_CERTS`) and what the system does; read once, since systems are slow to tell. */
function roots(): readonly string[] {
  known ??= [...new Map([...told('default'), ...told('system')].map((pem) => [pem.replace(/\s+/g, ''), pem])).values()];
  return known;
}

/** A runtime that can't tell is one that has its own list. */
function told(store: 'default' | 'system'): readonly string[] {
  try {
    return tls().getCACertificates(store);
  } catch {
    return store === 'default' ? tls().rootCertificates : [];
  }
}

function markOf(file: string): string {
  try {
    const { mtimeMs, size, ino } = statSync(file);
    return `${mtimeMs} ${size} ${ino}`;
  } catch {
    return 'missing';
  }
}

function readFile(file: string): AddedAuthorities {
  try {
    return { certificates: readCertificates(readFileSync(file, 'utf8')), problem: null };
  } catch (error) {
    const seen = error instanceof Error ? error.message : String(error);
    return { certificates: [], problem: `cloud.ca_file ${file} can't be used: ${seen.replace(/\.?$/, '.')}` };
  }
}

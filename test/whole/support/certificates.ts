import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';

const DAY_MS = 86_400_000;
const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/** A certificate of a server, as PEM. */
export interface ServerCertificate {
  /** The server's own, then the one between it and the authority. */
  readonly cert: string;
  readonly key: string;
}

/** A certificate authority of a company: a root that nobody trusts by itself, and one below it that issues. */
export interface Authority {
  /** PEM of the root. */
  readonly root: string;
  /** For these names, good from and until so many days from now. */
  issue(names: readonly string[], days?: { readonly from: number; readonly until: number }): Promise<ServerCertificate>;
}

/** Makes one with this name. */
export async function makeAuthority(name: string): Promise<Authority> {
  const rootKeys = await makeKeys();
  const issuerKeys = await makeKeys();
  const good = validity({ from: -30, until: 3_650 });
  const authority = [
    new BasicConstraintsExtension(true, undefined, true),
    new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
  ];
  const root = await X509CertificateGenerator.createSelfSigned({
    serialNumber: '01',
    name: `CN=${name}`,
    ...good,
    keys: rootKeys,
    signingAlgorithm: algorithm,
    extensions: [...authority, await SubjectKeyIdentifierExtension.create(rootKeys.publicKey)],
  });
  const issuer = await X509CertificateGenerator.create({
    serialNumber: '02',
    subject: `CN=${name} (issuing)`,
    issuer: root.subject,
    ...good,
    publicKey: issuerKeys.publicKey,
    signingKey: rootKeys.privateKey,
    signingAlgorithm: algorithm,
    extensions: [
      ...authority,
      await SubjectKeyIdentifierExtension.create(issuerKeys.publicKey),
      await AuthorityKeyIdentifierExtension.create(rootKeys.publicKey),
    ],
  });
  let serial = 16;
  return {
    root: root.toString('pem'),
    async issue(names, days = { from: -1, until: 90 }) {
      const keys = await makeKeys();
      serial += 1;
      const own = await X509CertificateGenerator.create({
        serialNumber: serial.toString(16),
        subject: `CN=${names[0]}`,
        issuer: issuer.subject,
        ...validity(days),
        publicKey: keys.publicKey,
        signingKey: issuerKeys.privateKey,
        signingAlgorithm: algorithm,
        extensions: [
          new BasicConstraintsExtension(false, undefined, true),
          new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
          new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
          new SubjectAlternativeNameExtension(names.map((value) => ({ type: 'dns', value }))),
          await AuthorityKeyIdentifierExtension.create(issuerKeys.publicKey),
        ],
      });
      return {
        cert: `${own.toString('pem')}\n${issuer.toString('pem')}\n`,
        key: pem('PRIVATE KEY', await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)),
      };
    },
  };
}

function validity({ from, until }: { readonly from: number; readonly until: number }) {
  return { notBefore: new Date(Date.now() + from * DAY_MS), notAfter: new Date(Date.now() + until * DAY_MS) };
}

function makeKeys() {
  return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
}

function pem(label: string, der: ArrayBuffer): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}

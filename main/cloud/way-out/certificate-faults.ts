import type { X509Certificate } from 'node:crypto';
import type { AgentError } from '../../../drivers/kit/index.ts';
import { type Target, wayClosed } from './reasons.ts';

/** Who is at the other end of TLS: the target, or a proxy that speaks it itself. */
export type End = Pick<Target, 'origin' | 'host'> & { readonly step: 'tls' | 'proxy' };

/** What was seen of a far end's certificate. */
export interface SeenCertificate {
  readonly issuer: string;
  readonly names: string;
  readonly validFrom: Date;
  readonly validTo: Date;
}

/** What people need to know of it. */
export function seenOf(certificate: X509Certificate): SeenCertificate {
  return {
    issuer: oneLine(certificate.issuer),
    names: certificate.subjectAltName ?? oneLine(certificate.subject),
    validFrom: certificate.validFromDate,
    validTo: certificate.validToDate,
  };
}

const NAMES = new Set(['ERR_TLS_CERT_ALTNAME_INVALID', 'HOSTNAME_MISMATCH', 'IP_ADDRESS_MISMATCH']);

/** Codes by which TLS refuses a certificate (OpenSSL's verify results, and Node's own for names). */
export function isCertificateFault(code: string): boolean {
  return (
    NAMES.has(code) ||
    code.startsWith('CERT_') ||
    /UNABLE_TO_|SELF_SIGNED|INVALID_CA|_ISSUER|PATH_LENGTH|INVALID_PURPOSE/.test(code)
  );
}

/** Why a certificate was refused. `seen` is null where it could not be looked at; `caProblem` is what is wrong with the configured authority. */
export function certificateRefused(
  target: End,
  code: string,
  seen: SeenCertificate | null,
  { now, caProblem, cause }: { readonly now: Date; readonly caProblem: string | null; readonly cause: unknown },
): AgentError {
  const details = {
    seen: code,
    issuer: seen?.issuer ?? null,
    valid_from: seen?.validFrom.toISOString() ?? null,
    valid_to: seen?.validTo.toISOString() ?? null,
    clock: now.toISOString(),
  };
  const more = { details, cause };
  const clock = `This machine's clock says ${now.toISOString()}.`;
  const clockHint =
    'If that clock is wrong, set it. If it is right, whoever looks after the hub has to renew the certificate.';
  const issued = seen === null ? '' : ` It was issued by "${seen.issuer}".`;
  if (code === 'CERT_HAS_EXPIRED') {
    const own = seen !== null && seen.validTo < now;
    return wayClosed(
      target.step,
      'certificate_expired',
      own
        ? `The certificate of ${target.origin} was good until ${seen.validTo.toISOString()} and has expired. ${clock}`
        : `A certificate between ${target.origin} and its authority has expired.${issued} ${clock}`,
      clockHint,
      more,
    );
  }
  if (code === 'CERT_NOT_YET_VALID') {
    const from = seen === null ? 'later' : `from ${seen.validFrom.toISOString()}`;
    return wayClosed(
      target.step,
      'certificate_not_yet_valid',
      `The certificate of ${target.origin} is good ${from} only. ${clock}`,
      clockHint,
      more,
    );
  }
  if (NAMES.has(code)) {
    const names = seen === null ? '' : `: it is for ${seen.names}`;
    return wayClosed(
      target.step,
      'certificate_name_mismatch',
      `The certificate that ${target.origin} shows is not for ${target.host}${names}.`,
      'Check the address of the hub. If it is right, whoever looks after the hub needs a certificate with that name.',
      more,
    );
  }
  return wayClosed(
    target.step,
    'certificate_untrusted',
    `This machine does not trust the certificate of ${target.origin} (${code}).${issued}`,
    `${caProblem === null ? '' : `${caProblem} `}If that is your company's own authority, give its root certificate: fibric-edge cloud ca set FILE, or cloud.ca_file in the configuration. If you don't know it, somebody may stand between: ask first.`,
    more,
  );
}

function oneLine(name: string | undefined): string {
  return (name ?? 'nobody').replaceAll('\n', ', ').slice(0, 300);
}

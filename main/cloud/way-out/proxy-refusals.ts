import type { IncomingMessage } from 'node:http';
import type { AgentError } from '../../../drivers/kit/index.ts';
import type { ProxyAddress } from './proxy-address.ts';
import { type Target, wayClosed } from './reasons.ts';

/** Why a proxy did not open the way, from its answer to CONNECT (RFC 9110, sections 9.3.6 and 15). */
export function refusedBy(
  proxy: ProxyAddress,
  target: Target,
  answer: Pick<IncomingMessage, 'statusCode' | 'statusMessage' | 'rawHeaders'>,
  hadCredentials: boolean,
): AgentError {
  const { statusCode = 0, statusMessage = '' } = answer;
  const place = `${target.host}:${target.port}`;
  const said = `${statusCode} ${statusMessage.replace(/[^\x20-\x7e]/g, '').slice(0, 80)}`.trim();
  const details = { status: statusCode, proxy: proxy.url };
  if (statusCode === 407) {
    const offered = schemesOf(answer.rawHeaders);
    if (offered.length > 0 && !offered.includes('Basic')) {
      return wayClosed(
        'proxy',
        'proxy_auth_unsupported',
        `The proxy ${proxy.url} takes only ${offered.join(', ')} (407). Basic is the only way to sign in at a proxy that is supported here.`,
        `Ask whoever looks after the proxy to allow Basic, or to let this machine pass to ${place} without signing in. Nothing on this machine can mend it.`,
        { details: { ...details, offered: offered.join(', ') } },
      );
    }
    return hadCredentials
      ? wayClosed(
          'proxy',
          'proxy_auth_wrong',
          `The proxy ${proxy.url} does not accept the user and password that are kept for it (407).`,
          'Set them anew: fibric-edge cloud proxy set --user NAME. They are not tried again for five minutes, so that the account is not locked.',
          { details },
        )
      : wayClosed(
          'proxy',
          'proxy_auth_required',
          `The proxy ${proxy.url} asks for a user and a password (407).`,
          'Set them: fibric-edge cloud proxy set --user NAME, which asks for the password.',
          { details },
        );
  }
  if (statusCode >= 500) {
    return wayClosed(
      'proxy',
      'proxy_cannot_reach',
      `The proxy ${proxy.url} does not reach ${place} (${said}).`,
      'Check the address of the hub, and that it runs; the proxy has to know its name. It is tried again by itself.',
      { details },
    );
  }
  return wayClosed(
    'proxy',
    'proxy_refused',
    `The proxy ${proxy.url} does not let this machine through to ${place} (${said}).`,
    `Ask whoever looks after the proxy to allow CONNECT from this machine to ${place}.`,
    { details },
  );
}

/** The ways to sign in that a proxy offers, as they are written usually: each once, in their order. */
function schemesOf(rawHeaders: readonly string[]): readonly string[] {
  const known = ['Basic', 'Negotiate', 'NTLM', 'Kerberos', 'Digest', 'Bearer'];
  const found = new Set<string>();
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    if (rawHeaders[at]?.toLowerCase() !== 'proxy-authenticate') continue;
    // Text in quotes may hold a comma and a word that looks like a scheme.
    const challenges = (rawHeaders[at + 1] ?? '').replace(/"(?:[^"\\]|\\.)*"/g, '""').split(',');
    for (const challenge of challenges) {
      const [, scheme] = /^\s*([A-Za-z][A-Za-z0-9-]*)(?:\s+|$)/.exec(challenge) ?? [];
      if (scheme === undefined || /^\s*[^\s=]+\s*=/.test(challenge)) continue;
      found.add(known.find((name) => name.toLowerCase() === scheme.toLowerCase()) ?? scheme);
    }
  }
  return [...found];
}

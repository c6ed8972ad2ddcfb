import { z } from 'zod';
import { AgentError } from '../../../drivers/kit/index.ts';
import type { CloudProxyBody } from '../../api/schemas/index.ts';
import type { Vault } from '../../vault/index.ts';

const ENTRY = 'cloud/proxy';

const keptSchema = z.object({ proxy: z.string(), username: z.string(), password: z.string() });

/** Who this machine is at a proxy. */
export interface ProxyCredentials {
  readonly username: string;
  readonly password: string;
}

/** The one user and password for a proxy, in the vault, bound to that proxy: no other is ever shown them. */
export interface KeptCredentials {
  /** Null when there are none for this proxy. Rejects with `vault_unavailable`. */
  of(proxyUrl: string): Promise<ProxyCredentials | null>;
  /** Null removes them. Rejects with `invalid_parameter`, `vault_unavailable`. */
  set(proxyUrl: string, credentials: ProxyCredentials | null): Promise<void>;
}

/** Those in this vault. */
export function createKeptCredentials(vault: Vault): KeptCredentials {
  let read: { readonly kept: z.output<typeof keptSchema> | null } | null = null;
  return {
    async of(proxyUrl) {
      if (read === null) {
        const text = await vault.get(ENTRY);
        read = { kept: text === null ? null : keptSchema.parse(JSON.parse(text)) };
      }
      const { kept } = read;
      return kept?.proxy === proxyUrl ? { username: kept.username, password: kept.password } : null;
    },
    async set(proxyUrl, credentials) {
      if (credentials !== null) requireUsable(credentials);
      const kept = credentials === null ? null : { proxy: proxyUrl, ...credentials };
      if (kept === null) await vault.delete(ENTRY);
      else await vault.set(ENTRY, JSON.stringify(kept));
      read = { kept };
    },
  };
}

/** What is not said stays, for the same proxy and user; for another it is gone. Rejects with `missing_parameter`, and as {@link KeptCredentials.set}. */
export async function changeCredentials(
  credentials: KeptCredentials,
  proxyUrl: string,
  { username, password }: Pick<CloudProxyBody, 'username' | 'password'>,
): Promise<void> {
  const known = await credentials.of(proxyUrl);
  if (username === undefined) {
    if (password !== undefined) throw missing('username', 'Whose password is that?', 'Give the user with it.');
    if (known === null) await credentials.set(proxyUrl, null);
    return;
  }
  if (username === null) return credentials.set(proxyUrl, null);
  const secret = password ?? (known?.username === username ? known.password : undefined);
  if (secret === undefined) {
    throw missing('password', `The password of ${username} at the proxy is missing.`, 'Give it with the user.');
  }
  await credentials.set(proxyUrl, { username, password: secret });
}

function missing(parameter: string, message: string, hint: string): AgentError {
  return new AgentError('missing_parameter', message, { hint, details: { parameter } });
}

/** RFC 7617, section 2: no colon in a user, no control characters in either. */
function requireUsable({ username, password }: ProxyCredentials): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  const odd = /[\x00-\x1f\x7f]/;
  if (username === '' || username.includes(':') || odd.test(username) || odd.test(password)) {
    throw new AgentError('invalid_parameter', 'That user or password can not be sent to a proxy.', {
      hint: 'A user is not empty and has no colon in it; neither has control characters.',
      details: { parameter: 'username' },
    });
  }
}

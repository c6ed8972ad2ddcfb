import { z } from 'zod';
import { AgentError, type SourceAuth } from '../../drivers/kit/index.ts';

/** A secret as it rests in the vault, and as it is tried. Nowhere else. */
export const credentialsSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('api_key'), key: z.string().min(1) }),
  z.strictObject({ type: z.literal('basic'), username: z.string().min(1), password: z.string().min(1) }),
]);
/** What proves to a source who asks. */
export type Credentials = z.output<typeof credentialsSchema>;

/** What may stand in a bearer token (RFC 6750, 2.1). */
const bearerForm = /^[A-Za-z0-9._~+/-]+=*$/;

/**
 * The credentials in an `auth` as it was given. Rejects with `invalid_parameter` (another type than the listing's, or
 * characters no header can carry) and `missing_parameter`; neither quotes what was given.
 */
export function readCredentials(listing: string, wanted: string, auth: { readonly type: string }): Credentials {
  if (auth.type !== wanted) {
    throw new AgentError('invalid_parameter', `auth.type: ${listing} takes ${wanted}, and ${auth.type} was given.`, {
      hint: `Give {"type":"${wanted}", ...}.`,
      details: { parameter: 'auth.type' },
    });
  }
  const parsed = credentialsSchema.safeParse(auth);
  if (!parsed.success) {
    const key = parsed.error.issues[0]?.path.join('.') || 'key';
    throw new AgentError('missing_parameter', `auth.${key}: ${listing} needs it.`, {
      hint: 'Give the secret too; it goes to the vault and is never shown again.',
      details: { parameter: `auth.${key}` },
    });
  }
  const credentials = parsed.data;
  if (credentials.type === 'api_key' ? !bearerForm.test(credentials.key) : !isUserPass(credentials)) {
    throw new AgentError('invalid_parameter', 'auth: it holds characters that such a credential never has.', {
      hint: 'Was a line end or a space copied with it? Give it alone.',
      details: { parameter: credentials.type === 'api_key' ? 'auth.key' : 'auth.username' },
    });
  }
  return credentials;
}

/** No colon in the user name, no control characters (RFC 7617, 2). */
function isUserPass({ username, password }: { readonly username: string; readonly password: string }): boolean {
  return !/[:\p{Cc}]/u.test(username) && !/\p{Cc}/u.test(password);
}

/**
 * What people are shown instead of a secret: through its first `_` (four characters at most), `****`, its last two; under
 * twelve characters `****` alone. For `basic` that of the user name.
 */
export function hintOf(credentials: Credentials): string {
  const secret = credentials.type === 'api_key' ? credentials.key : credentials.username;
  const characters = [...secret];
  if (characters.length < 12) return '****';
  const head = characters.slice(0, Math.min(characters.indexOf('_') + 1, 4)).join('');
  return `${head}****${characters.slice(-2).join('')}`;
}

/** The `Authorization` header, and every spelling of the secret that must not come back. */
export function authorizationOf(
  credentials: Credentials,
  auth: SourceAuth,
): { readonly header: string; readonly secrets: readonly string[] } {
  if (credentials.type !== auth.type) {
    throw new AgentError('auth_failed', `The stored credentials are ${credentials.type}, ${auth.type} is needed.`, {
      hint: 'Give them again.',
    });
  }
  if (credentials.type === 'api_key') return { header: `Bearer ${credentials.key}`, secrets: [credentials.key] };
  const pair = Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64');
  // A few characters stand in any answer by chance, and prove nothing.
  const { password } = credentials;
  return { header: `Basic ${pair}`, secrets: password.length < 6 ? [pair] : [pair, password] };
}

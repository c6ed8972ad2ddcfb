import { z } from 'zod';
import { AgentError } from '../../drivers/kit/index.ts';
import type { ListingObject, PlainAuth } from '../api/schemas/index.ts';
import type { Session } from './cli.ts';
import { readSecret } from './secret-input.ts';

/** The options that credentials come by. */
export const credentialOptions = [
  { flags: '--key-stdin', description: 'read the API key or password from standard input; else you are asked for it' },
  { flags: '--username <name>', description: 'the user name, for listings that take basic' },
] as const;

/** As commander reads {@link credentialOptions}. */
export const credentialOptionsSchema = z.object({
  keyStdin: z.boolean().default(false),
  username: z.string().optional(),
});

/** Credentials as a person gave them. */
export type GivenAuth = PlainAuth | { readonly type: 'none' | 'oauth2' };

/** What a listing takes, asked for or read. Throws `invalid_parameter` for options that it has no use for. */
export async function credentialsFor(
  { environment, signal }: Pick<Session, 'environment' | 'signal'>,
  listing: Pick<ListingObject, 'id' | 'auth'>,
  { keyStdin: piped, username }: z.output<typeof credentialOptionsSchema>,
  pipeFlag = '--key-stdin',
): Promise<GivenAuth> {
  const { type } = listing.auth;
  const read = (question: string) => readSecret(environment, question, { piped, pipeFlag, signal });
  if (username !== undefined && type !== 'basic') throw unused(listing, '--username');
  switch (type) {
    case 'api_key':
      return { type, key: await read(`API key for ${listing.id}:`) };
    case 'basic':
      if (username === undefined) {
        throw new AgentError('invalid_parameter', `${listing.id} takes a user name and a password.`, {
          hint: 'Add --username NAME.',
        });
      }
      return { type, username, password: await read(`Password of ${username} for ${listing.id}:`) };
    case 'none':
    case 'oauth2':
      if (piped) throw unused(listing, pipeFlag);
      return { type };
  }
}

function unused({ id, auth }: Pick<ListingObject, 'id' | 'auth'>, flag: string): AgentError {
  return new AgentError('invalid_parameter', `${flag} is not for ${id}, which takes ${auth.type}.`, {
    hint: 'Leave it out.',
  });
}

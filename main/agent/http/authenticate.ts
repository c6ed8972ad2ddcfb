import type { IncomingMessage } from 'node:http';
import { AgentError } from '../../../drivers/kit/index.ts';
import { sentSession, type Tokens, type WindowSessions } from '../../access/index.ts';
import type { Principal } from '../../api/index.ts';

/**
 * Who sends a request on loopback: a bearer token, or both halves of a window session. Throws `key_invalid` or
 * `key_revoked`. A token in the address is never looked at.
 */
export function authenticateRequest(
  request: IncomingMessage,
  { tokens, windows }: { readonly tokens: Tokens; readonly windows: WindowSessions },
): Principal {
  const { authorization } = request.headers;
  if (authorization !== undefined) {
    const bearer = /^Bearer ([\x21-\x7e]{1,512})$/i.exec(authorization);
    if (bearer?.[1] === undefined) {
      throw new AgentError('key_invalid', 'The Authorization header is not a bearer token.', {
        hint: 'Send: Authorization: Bearer TOKEN',
      });
    }
    return tokens.authenticate(bearer[1]);
  }
  const sent = sentSession(request);
  if (sent !== null) return windows.authenticate(sent.cookie, sent.half, { countsAsUse: sent.countsAsUse });
  throw new AgentError('key_invalid', 'This needs a token.', {
    hint: 'Make one with: fibric-edge tokens create --name N --scopes connectors:read. For the window: fibric-edge open',
  });
}

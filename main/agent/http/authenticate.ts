import type { IncomingMessage } from 'node:http';
import { AgentError } from '../../../drivers/kit/index.ts';
import type { Tokens, WindowSessions } from '../../access/index.ts';
import type { Principal } from '../../api/index.ts';

/** The header in which the page sends its half of the window's session. */
const WINDOW_HEADER = 'x-fibric-window';
/** The header with which the page marks what it asks by itself. It can only shorten a session, so that anybody may send it. */
const UNATTENDED_HEADER = 'x-fibric-unattended';

/**
 * Who sends a request on loopback: a bearer token, or both halves of a window session. Throws `key_invalid` or
 * `key_revoked`. A token in the address is never looked at.
 */
export function authenticateRequest(
  request: IncomingMessage,
  { tokens, windows }: { readonly tokens: Tokens; readonly windows: WindowSessions },
): Principal {
  const { authorization, cookie } = request.headers;
  if (authorization !== undefined) {
    const bearer = /^Bearer ([\x21-\x7e]{1,512})$/i.exec(authorization);
    if (bearer?.[1] === undefined) {
      throw new AgentError('key_invalid', 'The Authorization header is not a bearer token.', {
        hint: 'Send: Authorization: Bearer TOKEN',
      });
    }
    return tokens.authenticate(bearer[1]);
  }
  const header = request.headers[WINDOW_HEADER];
  if (typeof header === 'string') {
    // What a page does by itself is not a person at work (contract section 5).
    const countsAsUse = !isStream(request) && request.headers[UNATTENDED_HEADER] === undefined;
    return windows.authenticate(cookie, header, { countsAsUse });
  }
  throw new AgentError('key_invalid', 'This needs a token.', {
    hint: 'Make one with: fibric-edge tokens create --name N --scopes connectors:read. For the window: fibric-edge open',
  });
}

/** Whether this is the stream, under its own name or below the mount of the API. */
function isStream({ url = '' }: IncomingMessage): boolean {
  const [path] = url.split('?');
  return path === '/stream' || path === '/v1/stream';
}

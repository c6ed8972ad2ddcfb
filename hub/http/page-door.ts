import express, { type Request, type Response, type Router } from 'express';
import { z } from 'zod';
import { AgentError } from '../../drivers/kit/index.ts';
import { answerError, type Principal } from '../../main/api/index.ts';
import type { PageSessionObject } from '../../main/api/schemas/index.ts';
import { createPageFiles, findPageFolder } from '../../main/pages/index.ts';
import type { HubIdentity } from '../hub-identity.ts';
import { placeOf } from '../partition.ts';
import type { PageSessions } from './page-sessions.ts';
import { requireOwnPage } from './same-origin.ts';

/** What the hub's page is served with. */
export interface PageDoorParts {
  readonly sessions: PageSessions;
  /** Whose key this is. Throws `key_invalid` or `key_revoked`. */
  readonly keyHolder: (secret: string) => Principal;
  /** Who sends a request of the page. Throws `key_invalid`. */
  readonly authenticate: (request: Request) => Principal;
  readonly identity: () => HubIdentity;
  readonly tenantName: (tenantId: string) => string;
}

const signInSchema = z.union([
  z.strictObject({ key: z.string().trim().min(1).max(200) }),
  z.strictObject({ ticket: z.string().min(1).max(200) }),
]);
const places = /^\/(?:(?:pair|machines|enrolments|keys|settings)(?:\/[^/]+)?\/?)?$/;

/**
 * The hub's own page: its files, and its session. `POST /session` exchanges a key, or a ticket, for a cookie and the half
 * that the page sends as a header; neither works alone, and the key is not kept. Who comes without a browser is answered in text.
 */
export function createPageDoor(parts: PageDoorParts): Router {
  const { sessions, keyHolder, authenticate, identity, tenantName } = parts;
  const router = express.Router();
  const describe = (principal: Principal): PageSessionObject => {
    const { tenantId, mode } = placeOf(principal);
    const { id, name, origin } = identity();
    return {
      object: 'page_session',
      id: principal.id,
      name: principal.name,
      scopes: [...principal.scopes],
      tenant: { id: tenantId, name: tenantName(tenantId), mode },
      hub: { id, name, origin },
    };
  };
  const answering =
    (handle: (request: Request, response: Response) => object) => (request: Request, response: Response) => {
      try {
        const answer = handle(request, response);
        response.set({ 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' });
        response.status(200).json(answer);
      } catch (error) {
        answerError(response, error);
      }
    };

  router.post(
    '/session',
    express.json({ limit: '4kb', type: () => true }),
    answering((request, response) => {
      requireOwnPage(request, identity().origin);
      const body = signInSchema.safeParse(request.body);
      if (!body.success) throw noSecret();
      const how = { secure: request.headers.origin?.startsWith('https:') === true };
      const { cookie, headerSecret, principal } =
        'key' in body.data ? sessions.open(keyHolder(body.data.key), how) : sessions.exchange(body.data.ticket, how);
      response.setHeader('Set-Cookie', cookie);
      return { ...describe(principal), half: headerSecret };
    }),
  );
  router.get(
    '/session',
    answering((request) => describe(authenticate(request))),
  );
  router.delete(
    '/session',
    answering((request) => {
      sessions.end(authenticate(request));
      return { object: 'page_session', ended: true };
    }),
  );
  // What express.json can't read is no sign-in either.
  router.use('/session', (_error: unknown, _request: Request, response: Response, _next: () => void) =>
    answerError(response, noSecret()),
  );

  router.get(['/', '/pair'], (request, response, next) => {
    response.vary('Accept');
    if (request.accepts(['text/plain', 'text/html']) === 'text/html') next();
    else response.type('text/plain').send(howToApprove);
  });
  const folder = findPageFolder('hub-page');
  if (folder !== null) router.use(createPageFiles(folder, (path) => (places.test(path) ? 'index.html' : null)));
  return router;
}

function noSecret(): AgentError {
  return new AgentError('invalid_parameter', 'There is no key in this request.', {
    hint: 'Send {"key": "sk_..."} as JSON.',
    details: { parameter: 'key' },
  });
}

/** What a program, or a person at a terminal, finds at the address on a machine's screen. */
const howToApprove = `A machine shows a code and six key words. A browser shows a page here in which they are approved.

Whoever looks after this hub takes a machine in with
  fibric-edge hub pairings approve CODE --tenant NAME

and whoever has a key with agents:write with
  GET  /v1/pairings/CODE            who it is; its key words must be those on the screen
  POST /v1/pairings/CODE/approve    {"key_words": "..."}
`;

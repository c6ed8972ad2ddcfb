import express, { type Router } from 'express';
import { z } from 'zod';
import { AgentError } from '../../../drivers/kit/index.ts';
import { signInAnswerPage, type WindowSessions } from '../../access/index.ts';
import { checkHostAndOrigin } from '../../api/index.ts';

const bodySchema = z.object({ ticket: z.string().min(1).max(200) });

/**
 * `POST /sign-in`: a single-use ticket for a window session. The one route that takes `Origin: null`, since it is posted by
 * a page in a file; Host is checked and the ticket is the proof (contract section 5).
 */
export function createSignIn(windows: WindowSessions, port: () => number): Router {
  const router = express.Router();
  router.post('/sign-in', express.urlencoded({ extended: false, limit: '4kb' }), (request, response) => {
    if (request.headers.origin === 'null') delete request.headers.origin;
    const forbidden = checkHostAndOrigin(request, port());
    if (forbidden !== null) {
      response.status(403).type('text/plain').send(forbidden.message);
      return;
    }
    const body = bodySchema.safeParse(request.body);
    try {
      if (!body.success)
        throw new AgentError('key_invalid', 'There is no ticket in this request.', { hint: 'Run: fibric-edge open' });
      const { headers, html } = signInAnswerPage(windows.exchange(body.data.ticket));
      response.status(200).set(headers).send(html);
    } catch (error) {
      const { message, hint } = AgentError.from(error);
      response
        .status(403)
        .type('text/plain')
        .send(`${message}\n${hint ?? ''}\n`);
    }
  });
  return router;
}

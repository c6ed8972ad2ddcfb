import { progressReply, wantsProgress } from './progress-reply.ts';
import { defineRoute, ok, type Route } from './route.ts';
import { type IdentifyProgressObject, identifyBodySchema, identifyReportSchema } from './schemas/index.ts';
import { visibleDevice } from './token-limits.ts';

/**
 * Who is there? Asked with `Accept: text/event-stream` it tells each way of asking as it begins (`progress`), then the
 * whole as `report`, or an `error` with the envelope. It ends with the request.
 */
export const identifyRoute: Route = defineRoute({
  method: 'POST',
  path: '/devices/{id}/identify',
  operationId: 'identifyDevice',
  summary: 'Ask a device who it is, with harmless questions only',
  scopes: ['connectors:write'],
  rateClass: 'devices',
  body: identifyBodySchema,
  bodyRequired: false,
  answers: identifyReportSchema,
  async handle({ backend, principal, params: { id = '' }, body, signal, request }) {
    await visibleDevice(backend, principal, id);
    const run = (onProgress?: (progress: IdentifyProgressObject) => void) =>
      backend.identifyDevice(principal, id, body, signal, onProgress);
    if (!wantsProgress(request.headers.accept)) return ok(await run());
    return progressReply({ step: 'progress', whole: 'report', run, signals: [signal, principal.ended] });
  },
});

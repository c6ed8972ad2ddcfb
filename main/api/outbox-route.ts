import { defineRoute, ok } from './route.ts';
import { outboxSchema } from './schemas/index.ts';

/** What is on its way to the cloud. */
export const outboxRoute = defineRoute({
  method: 'GET',
  path: '/outbox',
  operationId: 'getOutbox',
  summary: 'Events on their way to the cloud: how many wait, how old they are, what was dropped',
  scopes: ['connectors:read'],
  rateClass: 'machine',
  answers: outboxSchema,
  handle: async ({ backend, principal }) => ok(await backend.getOutbox(principal)),
});

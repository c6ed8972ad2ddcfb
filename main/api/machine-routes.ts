import { wholeList } from './pagination.ts';
import { defineRoute, ok, type Route } from './route.ts';
import {
  agentHealthSchema,
  doctorReportSchema,
  listOf,
  logLineSchema,
  logsQuerySchema,
  pauseBodySchema,
  pauseSchema,
  windowTicketSchema,
} from './schemas/index.ts';

const rateClass = 'machine';

/** The agent itself. */
export const machineRoutes: readonly Route[] = [
  defineRoute({
    method: 'GET',
    path: '/health',
    operationId: 'getHealth',
    summary: 'The state of the agent as a whole',
    scopes: ['connectors:read'],
    rateClass,
    answers: agentHealthSchema,
    handle: async ({ backend, principal }) => ok(await backend.getHealth(principal)),
  }),
  defineRoute({
    method: 'GET',
    path: '/pause',
    operationId: 'getPause',
    summary: 'Whether all side effects are stopped',
    scopes: ['connectors:read'],
    rateClass,
    answers: pauseSchema,
    handle: async ({ backend, principal }) => ok({ object: 'pause', paused: await backend.isPaused(principal) }),
  }),
  defineRoute({
    method: 'PUT',
    path: '/pause',
    operationId: 'setPause',
    summary: 'Stop or release all side effects; on this machine only',
    scopes: ['policy:write'],
    reach: 'machine',
    rateClass,
    body: pauseBodySchema,
    answers: pauseSchema,
    handle: async ({ backend, principal, body }) =>
      ok({ object: 'pause', paused: await backend.setPaused(principal, body.paused) }),
  }),
  defineRoute({
    method: 'GET',
    path: '/doctor',
    operationId: 'runDoctor',
    summary: 'What stands in the way on this machine, and what would mend it; on this machine only',
    scopes: ['connectors:read'],
    reach: 'machine',
    rateClass,
    answers: doctorReportSchema,
    handle: async ({ backend, principal, signal }) => ok(await backend.runDoctor(principal, signal)),
  }),
  defineRoute({
    method: 'GET',
    path: '/logs',
    operationId: 'tailLogs',
    summary: 'The last lines of the log; on this machine only',
    scopes: ['connectors:read'],
    reach: 'machine',
    rateClass,
    query: logsQuerySchema,
    answers: listOf(logLineSchema),
    handle: async ({ backend, principal, query }) => ok(wholeList(await backend.tailLogs(principal, query))),
  }),
  defineRoute({
    method: 'POST',
    path: '/window/tickets',
    operationId: 'createWindowTicket',
    summary: 'Write the page that signs a browser in; over the local socket only',
    scopes: ['connectors:read'],
    reach: 'socket',
    rateClass,
    answers: windowTicketSchema,
    status: 201,
    handle: async ({ backend, principal }) => ok(await backend.createWindowTicket(principal), 201),
  }),
];

import { decodeCursor, pageOf, toList, wholeList } from './pagination.ts';
import { defineRoute, ok, type Route } from './route.ts';
import {
  capabilityUseSchema,
  deletedOperatorSchema,
  listOf,
  operatorBodySchema,
  operatorChangeSchema,
  operatorQuerySchema,
  operatorSchema,
} from './schemas/index.ts';
import { refuseLimited, seesConnector } from './token-limits.ts';

const read = { scopes: ['operators:read'], rateClass: 'operators' } as const;
const write = { scopes: ['operators:write'], rateClass: 'operators' } as const;

/** Who depends on which capabilities, and who fulfils them. */
export const operatorsRoutes: readonly Route[] = [
  defineRoute({
    method: 'GET',
    path: '/operators',
    operationId: 'listOperators',
    summary: 'Operators that depend on capabilities here, newest first',
    ...read,
    query: operatorQuerySchema,
    answers: listOf(operatorSchema),
    async handle({ backend, principal, query: { limit, cursor, ...filter } }) {
      const position = cursor === undefined ? null : decodeCursor('operators', filter, cursor);
      const all = await backend.listOperators(principal, filter);
      const page = pageOf(all, { limit, position }, ({ created_at, id }) => ({ at: created_at, id }));
      return ok(toList('operators', filter, page));
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/operators',
    operationId: 'createOperator',
    summary: 'Say that an operator depends on these capabilities',
    ...write,
    body: operatorBodySchema,
    answers: operatorSchema,
    status: 201,
    async handle({ backend, principal, body, record }) {
      refuseLimited(principal, 'create an operator');
      return ok(await backend.createOperator(principal, body, record), 201);
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/operators/{id}',
    operationId: 'getOperator',
    summary: 'One operator',
    ...read,
    answers: operatorSchema,
    handle: async ({ backend, principal, params: { id = '' } }) => ok(await backend.getOperator(principal, id)),
  }),
  defineRoute({
    method: 'PATCH',
    path: '/operators/{id}',
    operationId: 'updateOperator',
    summary: 'Pause, resume or change an operator; a paused one keeps no connector from being uninstalled',
    ...write,
    body: operatorChangeSchema,
    answers: operatorSchema,
    async handle({ backend, principal, params: { id = '' }, body }) {
      refuseLimited(principal, 'change an operator');
      return ok(await backend.updateOperator(principal, id, body));
    },
  }),
  defineRoute({
    method: 'DELETE',
    path: '/operators/{id}',
    operationId: 'removeOperator',
    summary: 'Forget an operator',
    ...write,
    answers: deletedOperatorSchema,
    async handle({ backend, principal, params: { id = '' } }) {
      refuseLimited(principal, 'remove an operator');
      await backend.removeOperator(principal, id);
      return ok({ id, object: 'operator', deleted: true });
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/capabilities',
    operationId: 'listCapabilities',
    summary: 'Every capability that a connector here has or an operator needs, by name',
    scopes: ['connectors:read'],
    rateClass: 'connectors',
    answers: listOf(capabilityUseSchema),
    async handle({ backend, principal }) {
      const all = await backend.listCapabilities(principal);
      const readsOperators = principal.scopes.has('operators:read');
      const seen = all
        .filter(({ capability }) => principal.tools?.has(capability) ?? true)
        .map(({ capability, fulfilled, connectors, operators }) => {
          const visible = connectors.filter(({ id }) => seesConnector(principal, id));
          return {
            capability,
            fulfilled: principal.connectors === null ? fulfilled : visible.some(({ status }) => status === 'connected'),
            connectors: visible,
            operators: readsOperators ? operators : null,
          };
        })
        .filter(({ connectors, operators }) => connectors.length > 0 || (operators?.length ?? 0) > 0);
      return ok(wholeList(seen));
    },
  }),
];

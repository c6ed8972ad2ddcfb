import { z } from 'zod';
import { AgentError } from '../../drivers/kit/index.ts';
import { decodeCursor, pageOf, toList, wholeList } from './pagination.ts';
import { defineRoute, ok, type Route } from './route.ts';
import {
  applyRulesBodySchema,
  type ConnectorObject,
  type ConnectorSummary,
  connectorListQuerySchema,
  connectorSchema,
  connectorSummarySchema,
  cursorSchema,
  deletedConnectorSchema,
  type InstalledConnector,
  installBodySchema,
  installedConnectorSchema,
  limitSchema,
  listingSchema,
  listOf,
  pastReadingSchema,
  pastReadingsQuerySchema,
  policySchema,
  readingSchema,
  removeQuerySchema,
  testRecordSchema,
  toolSchema,
  updateBodySchema,
} from './schemas/index.ts';
import { refuseLimited, requireConnector, seesConnector } from './token-limits.ts';

const read = { scopes: ['connectors:read'], rateClass: 'connectors' } as const;
const write = { scopes: ['connectors:write'], rateClass: 'connectors' } as const;
const testsQuerySchema = z.strictObject({ limit: limitSchema, cursor: cursorSchema.optional() });

/** Catalogue, connectors and their policies. */
export const connectorsRoutes: readonly Route[] = [
  defineRoute({
    method: 'GET',
    path: '/listings',
    operationId: 'listListings',
    summary: 'The catalogue of what can be installed here',
    ...read,
    answers: listOf(listingSchema),
    handle: async ({ backend, principal }) => ok(wholeList(await backend.listListings(principal))),
  }),
  defineRoute({
    method: 'GET',
    path: '/connectors',
    operationId: 'listConnectors',
    summary: 'Installed connectors, newest first',
    ...read,
    ours: false,
    query: connectorListQuerySchema,
    answers: listOf(connectorSummarySchema),
    async handle({ backend, principal, query: { limit, cursor, ...filter } }) {
      const position = cursor === undefined ? null : decodeCursor('connectors', filter, cursor);
      const { items, next } = await backend.listConnectors(principal, filter, { limit, position });
      const seen = items.filter((item) => seesConnector(principal, item.id)).map(summarise);
      return ok(toList('connectors', filter, { items: seen, next }));
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/connectors',
    operationId: 'installConnector',
    summary: 'Install a connector from a listing',
    ...write,
    ours: false,
    body: installBodySchema,
    answers: installedConnectorSchema,
    status: 201,
    async handle({ backend, principal, body, record, idempotencyKey }) {
      refuseLimited(principal, 'install a connector');
      const early = record === null ? null : (connector: ConnectorObject) => record(justInstalled(connector));
      const { connector, authorizeUrl, price, replayed } = await backend.installConnector(
        principal,
        body,
        early,
        idempotencyKey,
      );
      return ok(
        {
          ...justInstalled(connector),
          ...(authorizeUrl === undefined ? {} : { authorize_url: authorizeUrl }),
          ...(price === undefined ? {} : { price }),
        },
        replayed === true ? 200 : 201,
      );
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/connectors/{id}',
    operationId: 'getConnector',
    summary: 'A connector with its tools and health',
    ...read,
    ours: false,
    answers: connectorSchema,
    async handle({ backend, principal, params: { id = '' } }) {
      requireConnector(principal, id);
      return ok(await backend.getConnector(principal, id));
    },
  }),
  defineRoute({
    method: 'PATCH',
    path: '/connectors/{id}',
    operationId: 'updateConnector',
    summary: 'Change name, credentials or settings; a new secret is tried before the old one is dropped',
    ...write,
    body: updateBodySchema,
    answers: connectorSchema,
    async handle({ backend, principal, params: { id = '' }, body }) {
      requireConnector(principal, id);
      return ok(await backend.updateConnector(principal, id, body));
    },
  }),
  defineRoute({
    method: 'DELETE',
    path: '/connectors/{id}',
    operationId: 'removeConnector',
    summary: 'Uninstall: credentials are purged; journal, tests and events are kept',
    ...write,
    ours: false,
    query: removeQuerySchema,
    answers: deletedConnectorSchema,
    async handle({ backend, principal, params: { id = '' }, query }) {
      requireConnector(principal, id);
      const force = query.force === 'true';
      if (force && !principal.local) {
        throw new AgentError('local_only', 'Only a person at the machine may uninstall without asking its hub.', {
          hint: 'On that machine: fibric-edge connectors remove NAME --force, or its window.',
        });
      }
      await backend.removeConnector(principal, id, { force });
      return ok({ id, object: 'connector', deleted: true });
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/connectors/{id}/tests',
    operationId: 'listConnectorTests',
    summary: 'Tests of a connector as they were kept, newest first',
    ...read,
    query: testsQuerySchema,
    answers: listOf(testRecordSchema),
    async handle({ backend, principal, params: { id = '' }, query: { limit, cursor } }) {
      requireConnector(principal, id);
      const list = `tests ${id}`;
      const position = cursor === undefined ? null : decodeCursor(list, {}, cursor);
      const all = await backend.listTests(principal, id);
      return ok(
        toList(
          list,
          {},
          pageOf(all, { limit, position }, (test) => ({ at: test.tested_at, id: test.id })),
        ),
      );
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/connectors/{id}/tools',
    operationId: 'listConnectorTools',
    summary: 'Tools of a connector with their schemas',
    ...read,
    answers: listOf(toolSchema),
    async handle({ backend, principal, params: { id = '' } }) {
      requireConnector(principal, id);
      const tools = await backend.listTools(principal, id);
      return ok(wholeList(tools.filter((tool) => principal.tools?.has(tool.name) ?? true)));
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/connectors/{id}/readings',
    operationId: 'listConnectorReadings',
    summary: 'The last value of each reading tool',
    ...read,
    answers: listOf(readingSchema),
    async handle({ backend, principal, params: { id = '' } }) {
      requireConnector(principal, id);
      const readings = await backend.listReadings(principal, id);
      return ok(wholeList(readings.filter((reading) => principal.tools?.has(reading.tool) ?? true)));
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/connectors/{id}/readings/history',
    operationId: 'listPastReadings',
    summary: 'What a reading tool gave before, newest first, as far as it is kept',
    ...read,
    query: pastReadingsQuerySchema,
    answers: listOf(pastReadingSchema),
    async handle({ backend, principal, params: { id = '' }, query }) {
      requireConnector(principal, id);
      const hidden = principal.tools?.has(query.tool) === false;
      return ok(wholeList(hidden ? [] : await backend.listPastReadings(principal, id, query)));
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/connectors/{id}/policy',
    operationId: 'getConnectorPolicy',
    summary: 'What the side effects of a connector may do',
    ...read,
    answers: policySchema,
    async handle({ backend, principal, params: { id = '' } }) {
      requireConnector(principal, id);
      return ok(await backend.getPolicy(principal, id));
    },
  }),
  defineRoute({
    method: 'PUT',
    path: '/connectors/{id}/policy',
    operationId: 'setConnectorPolicy',
    summary: 'Set what the side effects of a connector may do; on this machine only',
    scopes: ['policy:write'],
    rateClass: 'connectors',
    reach: 'machine',
    body: policySchema,
    answers: policySchema,
    async handle({ backend, principal, params: { id = '' }, body }) {
      requireConnector(principal, id);
      return ok(await backend.setPolicy(principal, id, body));
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/install-rules/apply',
    operationId: 'applyInstallRules',
    summary: 'Run the install rules now; on this machine only',
    ...write,
    reach: 'machine',
    body: applyRulesBodySchema,
    bodyRequired: false,
    answers: listOf(connectorSummarySchema),
    async handle({ backend, principal, body }) {
      const installed = await backend.applyInstallRules(principal, body.again ?? null);
      return ok(wholeList(installed.map(summarise)));
    },
  }),
];

function summarise(connector: ConnectorSummary): ConnectorSummary {
  const { id, object, listing, name, kind, capabilities, status } = connector;
  return { id, object, listing, name, kind, capabilities, status };
}

function justInstalled(connector: ConnectorObject): InstalledConnector {
  const { id, object, listing, name, kind, transport, capabilities, auth, status, created_at } = connector;
  return { id, object, listing, name, kind, transport, capabilities, auth, status, created_at, last_synced_at: null };
}

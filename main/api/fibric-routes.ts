import { defineRoute, ok, type Route } from './route.ts';
import { fibricCloudSchema, fibricKeyBodySchema } from './schemas/index.ts';

const rateClass = 'machine';

/** Fibric's own API as the cloud of this machine. */
export const fibricRoutes: readonly Route[] = [
  defineRoute({
    method: 'GET',
    path: '/cloud/fibric',
    operationId: 'getFibricCloud',
    summary: "How this machine stands to Fibric's own API: key, connectors, what is amiss",
    scopes: ['connectors:read'],
    rateClass,
    answers: fibricCloudSchema,
    handle: async ({ backend, principal }) => ok(await backend.getFibricCloud(principal)),
  }),
  defineRoute({
    method: 'PUT',
    path: '/cloud/fibric/key',
    operationId: 'setFibricKey',
    summary: "Keep a key for Fibric's API in the vault; on this machine only",
    scopes: ['tokens:write'],
    reach: 'machine',
    rateClass,
    body: fibricKeyBodySchema,
    answers: fibricCloudSchema,
    handle: async ({ backend, principal, body }) => ok(await backend.setFibricKey(principal, body.key)),
  }),
  defineRoute({
    method: 'DELETE',
    path: '/cloud/fibric/key',
    operationId: 'removeFibricKey',
    summary: "Forget the key for Fibric's API; what is registered there stays; on this machine only",
    scopes: ['tokens:write'],
    reach: 'machine',
    rateClass,
    answers: fibricCloudSchema,
    handle: async ({ backend, principal }) => ok(await backend.removeFibricKey(principal)),
  }),
];

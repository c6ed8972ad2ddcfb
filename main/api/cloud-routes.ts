import { z } from 'zod';
import { defineRoute, ok, type Route } from './route.ts';
import { cloudSchema, grantsSchema, pairBodySchema } from './schemas/index.ts';

const local = { scopes: ['agents:write'], reach: 'machine', rateClass: 'machine' } as const;

/** How this machine stands to its hub. Pairing is for those who are at the machine. */
export const cloudRoutes: readonly Route[] = [
  defineRoute({
    method: 'GET',
    path: '/cloud',
    operationId: 'getCloud',
    summary: 'Pairing, grants and link of this machine',
    scopes: ['agents:read', 'connectors:read'],
    rateClass: 'machine',
    answers: cloudSchema,
    handle: async ({ backend, principal }) => ok(await backend.getCloud(principal)),
  }),
  defineRoute({
    method: 'POST',
    path: '/cloud/pairing',
    operationId: 'beginCloudPairing',
    summary: 'Begin to pair with a hub: by a code, or at once with an enrolment token; on this machine only',
    ...local,
    idempotent: false,
    body: pairBodySchema,
    answers: cloudSchema,
    handle: async ({ backend, principal, body, signal }) => ok(await backend.pairCloud(principal, body, signal)),
  }),
  defineRoute({
    method: 'DELETE',
    path: '/cloud/pairing',
    operationId: 'endCloudPairing',
    summary: 'End the pairing, or one that has begun; on this machine only',
    ...local,
    answers: cloudSchema,
    handle: async ({ backend, principal }) => ok(await backend.unpairCloud(principal)),
  }),
  defineRoute({
    method: 'PUT',
    path: '/cloud/grants',
    operationId: 'setCloudGrants',
    summary: 'Change what the hub may do at this machine; on this machine only',
    ...local,
    body: z.strictObject({ grants: grantsSchema }),
    answers: cloudSchema,
    handle: async ({ backend, principal, body }) => ok(await backend.setCloudGrants(principal, body.grants)),
  }),
];

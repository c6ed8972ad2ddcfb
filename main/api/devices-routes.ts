import { identifyRoute } from './identify-route.ts';
import { wholeList } from './pagination.ts';
import { defineRoute, ok, type Route } from './route.ts';
import { deviceSchema, listOf } from './schemas/index.ts';
import { seesDevice, visibleDevice } from './token-limits.ts';

const rateClass = 'devices';

/** What is plugged in. */
export const devicesRoutes: readonly Route[] = [
  defineRoute({
    method: 'GET',
    path: '/devices',
    operationId: 'listDevices',
    summary: 'Devices seen, present or not',
    scopes: ['connectors:read'],
    rateClass,
    answers: listOf(deviceSchema),
    async handle({ backend, principal }) {
      const devices = await backend.listDevices(principal);
      return ok(wholeList(devices.filter((device) => seesDevice(principal, device))));
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/devices/{id}',
    operationId: 'getDevice',
    summary: 'One device',
    scopes: ['connectors:read'],
    rateClass,
    answers: deviceSchema,
    handle: async ({ backend, principal, params: { id = '' } }) => ok(await visibleDevice(backend, principal, id)),
  }),
  identifyRoute,
  defineRoute({
    method: 'POST',
    path: '/devices/{id}/confirm',
    operationId: 'confirmDevice',
    summary: 'Say that this is the right unit after a replug; on this machine only',
    scopes: ['connectors:write'],
    reach: 'machine',
    rateClass,
    answers: deviceSchema,
    handle: async ({ backend, principal, params: { id = '' } }) => ok(await backend.confirmDevice(principal, id)),
  }),
];

import { identifyRoute } from './identify-route.ts';
import { wholeList } from './pagination.ts';
import { defineRoute, ok, type Route } from './route.ts';
import { addDeviceBodySchema, addressCheckSchema, deletedDeviceSchema, deviceSchema, listOf } from './schemas/index.ts';
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
  defineRoute({
    method: 'POST',
    path: '/devices/check-address',
    operationId: 'checkDeviceAddress',
    summary: 'Try whether something is at a network address, without sending anything; on this machine only',
    scopes: ['connectors:write'],
    // It opens connections into the network of this machine: not for whoever has a token.
    reach: 'machine',
    rateClass,
    body: addDeviceBodySchema,
    answers: addressCheckSchema,
    handle: async ({ backend, principal, body, signal }) =>
      ok(await backend.checkAddress(principal, body.address, signal)),
  }),
  defineRoute({
    method: 'POST',
    path: '/devices',
    operationId: 'addDevice',
    summary: 'Add a device on the network by its address; on this machine only',
    scopes: ['connectors:write'],
    reach: 'machine',
    rateClass,
    body: addDeviceBodySchema,
    answers: deviceSchema,
    status: 201,
    handle: async ({ backend, principal, body }) => ok(await backend.addDevice(principal, body.address), 201),
  }),
  defineRoute({
    method: 'DELETE',
    path: '/devices/{id}',
    operationId: 'removeDevice',
    summary: 'Remove a device that was added by its address; on this machine only',
    scopes: ['connectors:write'],
    reach: 'machine',
    rateClass,
    answers: deletedDeviceSchema,
    async handle({ backend, principal, params: { id = '' } }) {
      await backend.removeDevice(principal, id);
      return ok({ id, object: 'device', deleted: true });
    },
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

import type { ConnectorsBackend } from './backend.ts';
import { wholeList } from './pagination.ts';
import type { Principal } from './principal.ts';
import { defineRoute, ok, type Route } from './route.ts';
import { type DeviceObject, deviceSchema, identifyBodySchema, identifyReportSchema, listOf } from './schemas/index.ts';
import { noSuch, seesDevice } from './token-limits.ts';

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
    path: '/devices/{id}/identify',
    operationId: 'identifyDevice',
    summary: 'Ask a device who it is, with harmless questions only',
    scopes: ['connectors:write'],
    rateClass,
    body: identifyBodySchema,
    bodyRequired: false,
    answers: identifyReportSchema,
    async handle({ backend, principal, params: { id = '' }, body, signal }) {
      await visibleDevice(backend, principal, id);
      return ok(await backend.identifyDevice(principal, id, body, signal));
    },
  }),
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

async function visibleDevice(backend: ConnectorsBackend, principal: Principal, id: string): Promise<DeviceObject> {
  const device = await backend.getDevice(principal, id);
  if (!seesDevice(principal, device)) throw noSuch('device', id);
  return device;
}

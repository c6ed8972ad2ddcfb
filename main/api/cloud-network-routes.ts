import { defineRoute, ok, type Route } from './route.ts';
import {
  cloudAuthoritiesBodySchema,
  cloudCheckBodySchema,
  cloudCheckSchema,
  cloudNetworkSchema,
  cloudProxyBodySchema,
} from './schemas/index.ts';

const local = { scopes: ['agents:write'], reach: 'machine', rateClass: 'machine' } as const;

/** The way from this machine to its cloud: proxy, authorities, and whether it is open. */
export const cloudNetworkRoutes: readonly Route[] = [
  defineRoute({
    method: 'GET',
    path: '/cloud/network',
    operationId: 'getCloudNetwork',
    summary: 'Through which proxy the cloud is reached, and whom this machine trusts on the way; on this machine only',
    ...local,
    answers: cloudNetworkSchema,
    handle: async ({ backend, principal }) => ok(await backend.getCloudNetwork(principal)),
  }),
  defineRoute({
    method: 'PUT',
    path: '/cloud/proxy',
    operationId: 'setCloudProxy',
    summary: 'Reach the cloud through this proxy; user and password rest in the vault; on this machine only',
    ...local,
    body: cloudProxyBodySchema,
    answers: cloudNetworkSchema,
    handle: async ({ backend, principal, body }) => ok(await backend.setCloudProxy(principal, body)),
  }),
  defineRoute({
    method: 'DELETE',
    path: '/cloud/proxy',
    operationId: 'removeCloudProxy',
    summary: 'Forget the proxy that was set here, with its user and password; on this machine only',
    ...local,
    answers: cloudNetworkSchema,
    handle: async ({ backend, principal }) => ok(await backend.removeCloudProxy(principal)),
  }),
  defineRoute({
    method: 'PUT',
    path: '/cloud/authorities',
    operationId: 'setCloudAuthorities',
    summary: "Trust these authorities on the way to the cloud, beside the system's; on this machine only",
    ...local,
    body: cloudAuthoritiesBodySchema,
    answers: cloudNetworkSchema,
    handle: async ({ backend, principal, body }) => ok(await backend.setCloudAuthorities(principal, body.pem)),
  }),
  defineRoute({
    method: 'DELETE',
    path: '/cloud/authorities',
    operationId: 'removeCloudAuthorities',
    summary: 'Forget the authorities that were added here; on this machine only',
    ...local,
    answers: cloudNetworkSchema,
    handle: async ({ backend, principal }) => ok(await backend.removeCloudAuthorities(principal)),
  }),
  defineRoute({
    method: 'POST',
    path: '/cloud/check',
    operationId: 'checkCloud',
    summary:
      'Walk the way to the cloud, and tell at which step it ends: name, connection, proxy, TLS, hub; on this machine only',
    ...local,
    idempotent: false,
    body: cloudCheckBodySchema,
    answers: cloudCheckSchema,
    handle: async ({ backend, principal, body, signal }) => ok(await backend.checkCloud(principal, body, signal)),
  }),
];

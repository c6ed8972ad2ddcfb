import type { HubBackend } from './hub-backend.ts';
import { wholeList } from './pagination.ts';
import { defineRoute, ok, type Route } from './route.ts';
import {
  agentSchema,
  type CreatedEnrolment,
  type CreatedKey,
  connectorSchema,
  createdEnrolmentSchema,
  createdKeySchema,
  deviceSchema,
  enrolBodySchema,
  enrolmentBodySchema,
  enrolmentSchema,
  keyBodySchema,
  keySchema,
  listOf,
  pageTicketSchema,
  pairedSchema,
  pairingApproveSchema,
  pairingBeginSchema,
  pairingCancelledSchema,
  pairingPollSchema,
  pairingSchema,
  pairingStartedSchema,
  tenantBodySchema,
  tenantSchema,
} from './schemas/index.ts';

const keysWrite = { scopes: ['keys:write'], rateClass: 'keys' } as const;
const keysRead = { scopes: ['keys:read'], rateClass: 'keys' } as const;
const agentsRead = { scopes: ['agents:read'], rateClass: 'agents' } as const;
const agentsWrite = { scopes: ['agents:write'], rateClass: 'agents' } as const;
/** Asked by machines that have no key yet. */
const unpaired = { scopes: [], rateClass: 'pairing', open: true, idempotent: false } as const;
const administrator = { scopes: ['keys:write'], rateClass: 'keys', reach: 'socket' } as const;

/** What a hub serves beside the Connectors API: tenants, keys, agents and how they come to it. */
export function createHubRoutes(hub: HubBackend): readonly Route[] {
  return [
    defineRoute({
      method: 'POST',
      path: '/tenants',
      operationId: 'createTenant',
      summary: 'Make a tenant; on the hub itself only',
      ...administrator,
      body: tenantBodySchema,
      answers: tenantSchema,
      status: 201,
      handle: async ({ body }) => ok(await hub.createTenant(body.name), 201),
    }),
    defineRoute({
      method: 'GET',
      path: '/tenants',
      operationId: 'listTenants',
      summary: 'Tenants of this hub; on the hub itself only',
      ...administrator,
      answers: listOf(tenantSchema),
      handle: async () => ok(wholeList(await hub.listTenants())),
    }),
    defineRoute({
      method: 'POST',
      path: '/keys',
      operationId: 'createKey',
      summary: 'Make a key; its secret is in this answer and nowhere else',
      ...keysWrite,
      body: keyBodySchema,
      answers: createdKeySchema,
      status: 201,
      async handle({ principal, body, record }) {
        const early = record === null ? null : (made: CreatedKey) => record(withoutKey(made));
        const made = await hub.createKey(principal, body, early);
        return { kind: 'json', status: 201, body: made, replayBody: withoutKey(made) };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/keys',
      operationId: 'listKeys',
      summary: 'Keys without their secrets, newest first',
      ...keysRead,
      answers: listOf(keySchema),
      handle: async ({ principal }) => ok(wholeList(await hub.listKeys(principal))),
    }),
    defineRoute({
      method: 'DELETE',
      path: '/keys/{id}',
      operationId: 'revokeKey',
      summary: 'End a key for good and close its streams',
      ...keysWrite,
      answers: keySchema,
      handle: async ({ principal, params: { id = '' } }) => ok(await hub.revokeKey(principal, id)),
    }),
    defineRoute({
      method: 'GET',
      path: '/agents',
      operationId: 'listAgents',
      summary: 'Paired agents with their state, newest first',
      ...agentsRead,
      answers: listOf(agentSchema),
      handle: async ({ principal }) => ok(wholeList(await hub.listAgents(principal))),
    }),
    defineRoute({
      method: 'GET',
      path: '/agents/{id}',
      operationId: 'getAgent',
      summary: 'One paired agent',
      ...agentsRead,
      answers: agentSchema,
      handle: async ({ principal, params: { id = '' } }) => ok(await hub.getAgent(principal, id)),
    }),
    defineRoute({
      method: 'GET',
      path: '/agents/{id}/connectors',
      operationId: 'listAgentConnectors',
      summary: 'Connectors of one paired agent, whole, newest first',
      scopes: ['connectors:read'],
      rateClass: 'agents',
      answers: listOf(connectorSchema),
      handle: async ({ principal, params: { id = '' } }) => ok(wholeList(await hub.listConnectorsOf(principal, id))),
    }),
    defineRoute({
      method: 'GET',
      path: '/agents/{id}/devices',
      operationId: 'listAgentDevices',
      summary: 'Devices of one paired agent',
      scopes: ['connectors:read'],
      rateClass: 'agents',
      answers: listOf(deviceSchema),
      handle: async ({ principal, params: { id = '' } }) => ok(wholeList(await hub.listDevicesOf(principal, id))),
    }),
    defineRoute({
      method: 'DELETE',
      path: '/agents/{id}',
      operationId: 'revokeAgent',
      summary: 'End a pairing for good; the link ends at once, work at the machine goes on',
      ...agentsWrite,
      answers: agentSchema,
      handle: async ({ principal, params: { id = '' } }) => ok(await hub.revokeAgent(principal, id)),
    }),
    ...pairingRoutes(hub),
    ...enrolmentRoutes(hub),
    defineRoute({
      method: 'POST',
      path: '/page/tickets',
      operationId: 'createPageTicket',
      // A ticket is good once, so nothing is kept to be answered again.
      idempotent: false,
      summary: "Make the one-time address of the hub's page; on the hub itself only",
      ...administrator,
      answers: pageTicketSchema,
      status: 201,
      handle: async ({ principal }) => ok(await hub.createPageTicket(principal), 201),
    }),
  ];
}

function pairingRoutes(hub: HubBackend): readonly Route[] {
  return [
    defineRoute({
      method: 'POST',
      path: '/pairings',
      operationId: 'beginPairing',
      summary: 'Begin to pair a machine (the shape of RFC 8628)',
      ...unpaired,
      body: pairingBeginSchema,
      answers: pairingStartedSchema,
      handle: async ({ body, address }) => ok(await hub.beginPairing(body, address ?? 'an unknown address')),
    }),
    defineRoute({
      method: 'POST',
      path: '/pairings/poll',
      operationId: 'pollPairing',
      summary: 'Ask whether a pairing was approved; signed by the key that began it',
      ...unpaired,
      body: pairingPollSchema,
      answers: pairedSchema,
      handle: async ({ body }) => ok(await hub.pollPairing(body)),
    }),
    defineRoute({
      method: 'POST',
      path: '/pairings/cancel',
      operationId: 'cancelPairing',
      summary: 'Give a pairing up, by the machine that began it',
      ...unpaired,
      body: pairingPollSchema,
      answers: pairingCancelledSchema,
      handle: async ({ body }) => ok(await hub.cancelPairing(body)),
    }),
    defineRoute({
      method: 'GET',
      path: '/pairings/{code}',
      operationId: 'getPairing',
      summary: 'Who is behind a code: name, key words, what the machine offers',
      ...agentsWrite,
      answers: pairingSchema,
      handle: async ({ principal, params: { code = '' }, address }) =>
        ok(await hub.getPairing({ principal, address }, code)),
    }),
    defineRoute({
      method: 'POST',
      path: '/pairings/{code}/approve',
      operationId: 'approvePairing',
      summary: "Take the machine into this tenant; the key words must be those on the machine's screen",
      ...agentsWrite,
      body: pairingApproveSchema,
      answers: pairingSchema,
      handle: async ({ principal, params: { code = '' }, body, address }) =>
        ok(await hub.approvePairing({ principal, address }, code, body)),
    }),
    defineRoute({
      method: 'POST',
      path: '/pairings/{code}/deny',
      operationId: 'denyPairing',
      summary: 'Refuse a pairing',
      ...agentsWrite,
      answers: pairingSchema,
      handle: async ({ principal, params: { code = '' }, address }) =>
        ok(await hub.denyPairing({ principal, address }, code)),
    }),
  ];
}

function enrolmentRoutes(hub: HubBackend): readonly Route[] {
  return [
    defineRoute({
      method: 'POST',
      path: '/enrolments',
      operationId: 'createEnrolment',
      summary: 'Make a token with which machines pair by themselves',
      ...agentsWrite,
      body: enrolmentBodySchema,
      answers: createdEnrolmentSchema,
      status: 201,
      async handle({ principal, body, record }) {
        const early = record === null ? null : (made: CreatedEnrolment) => record(withoutToken(made));
        const made = await hub.createEnrolment(principal, body, early);
        return { kind: 'json', status: 201, body: made, replayBody: withoutToken(made) };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/enrolments',
      operationId: 'listEnrolments',
      summary: 'Enrolment tokens without their secrets, newest first',
      ...agentsRead,
      answers: listOf(enrolmentSchema),
      handle: async ({ principal }) => ok(wholeList(await hub.listEnrolments(principal))),
    }),
    defineRoute({
      method: 'DELETE',
      path: '/enrolments/{id}',
      operationId: 'revokeEnrolment',
      summary: 'End an enrolment token; machines that used it stay paired',
      ...agentsWrite,
      answers: enrolmentSchema,
      handle: async ({ principal, params: { id = '' } }) => ok(await hub.revokeEnrolment(principal, id)),
    }),
    defineRoute({
      method: 'POST',
      path: '/enrolments/use',
      operationId: 'enrol',
      summary: 'Pair with an enrolment token, signed by the key of the machine',
      ...unpaired,
      body: enrolBodySchema,
      answers: pairedSchema,
      handle: async ({ body }) => ok(await hub.enrol(body)),
    }),
  ];
}

function withoutKey({ key: _, ...kept }: CreatedKey): object {
  return kept;
}

function withoutToken({ token: _, ...kept }: CreatedEnrolment): object {
  return kept;
}
